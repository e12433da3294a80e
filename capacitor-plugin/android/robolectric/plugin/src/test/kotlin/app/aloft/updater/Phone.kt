/*
 * A phone with the app on it: processes, Activities and a web view whose page is played by the test.
 *
 * In: what a test does. Out: what Capacitor's runtime and the plugin make of it, both real. May touch: Robolectric's app.
 * Not real: the web view runs no JavaScript; androidx.webkit is told which features it has.
 */
package app.aloft.updater

import android.app.ActivityManager
import android.app.Application
import android.content.Context
import android.content.pm.PackageInfo
import android.content.res.AssetManager
import android.net.Uri
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.view.View
import android.view.Window
import android.webkit.ValueCallback
import android.webkit.WebResourceRequest
import android.webkit.WebView
import androidx.webkit.ScriptHandler
import androidx.webkit.WebViewCompat
import androidx.webkit.WebViewFeature
import app.aloft.Core
import app.aloft.StartProvider
import com.getcapacitor.Bridge
import com.getcapacitor.BridgeActivity
import com.getcapacitor.MessageHandler
import java.io.File
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Future
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream
import org.json.JSONArray
import org.json.JSONObject
import org.junit.After
import org.junit.Before
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadows.ShadowActivityManager
import org.robolectric.shadows.ShadowWebView

const val APP = "app.aloft.example"
const val BUILTIN = "<html><head></head>BUILTIN</html>"
const val SECONDS = 20L

/** What tests share. One sandbox serves them all: JNA's library can be loaded once. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34], manifest = Config.NONE, instrumentedPackages = ["androidx.webkit", "androidx.appcompat.app"], shadows = [Features::class, Scripts::class, Decoration::class, Ends::class])
abstract class PhoneTest {
    protected val app: Application get() = RuntimeEnvironment.getApplication()
    protected val data get() = File(app.noBackupFilesDir, "aloft")
    protected lateinit var plugins: MutableList<String>

    @Before
    fun install() {
        Features.documentStart = true
        Scripts.opening = null
        Ends.tied = null
        Steps.done.clear()
        plugins = mutableListOf(CapacitorUpdaterPlugin::class.java.name)
        ShadowWebView.setCurrentWebViewPackage(PackageInfo().apply { packageName = "webview"; versionName = "120.0.1" })
        build(1, "1.0")
        assets("{}")
    }

    @After
    fun end() = kill()

    protected fun build(code: Int, name: String) {
        val info = shadowOf(app.packageManager).getInternalMutablePackageInfo(app.packageName)
        @Suppress("DEPRECATION")
        info.versionCode = code
        info.versionName = name
    }

    /** Put these into the APK; [plugin] is the plugin's part of `capacitor.config.json`. */
    protected fun assets(plugin: String, whole: JSONObject = JSONObject(), builtin: File? = null) {
        val android = JSONObject().put("resolveServiceWorkerRequests", false) // Robolectric has no service workers
        val config = whole.put("appId", APP).put("android", android).put("plugins", JSONObject().put(NAME, JSONObject(plugin)))
        val files = mutableMapOf("capacitor.config.json" to config.toString(), "public/index.html" to BUILTIN)
        builtin?.listFiles()?.forEach { files["public/${it.name}"] = it.readText() }
        pack(files)
    }

    private fun pack(files: Map<String, String>) {
        val apk = File.createTempFile("assets", ".apk").apply { deleteOnExit() }
        ZipOutputStream(apk.outputStream()).use { zip ->
            files.forEach { (name, text) ->
                zip.putNextEntry(ZipEntry("assets/$name"))
                zip.write(text.toByteArray())
                zip.closeEntry()
            }
        }
        AssetManager::class.java.getMethod("addAssetPath", String::class.java).invoke(app.assets, apk.path)
    }

    /** The system starts the app's process, and then an Activity. */
    protected fun launch(): Page {
        val provider = Robolectric.buildContentProvider(StartProvider::class.java).create("$APP.aloft")
        check(provider.get() != null)
        return open()
    }

    /** Another Activity in the process there is. */
    protected fun open(): Page {
        val known = plugins.map { JSONObject().put("pkg", it).put("classpath", it) }
        pack(mapOf("capacitor.plugins.json" to JSONArray(known).toString()))
        val activity = Robolectric.buildActivity(App::class.java).create()
        activity.start().resume()
        return Page(activity)
    }

    /** The process is gone, without a word to anybody. */
    protected fun kill() {
        val field = Core::class.java.getDeclaredField("instance").apply { isAccessible = true }
        val core = field.get(null) ?: return
        field.set(null, null)
        val opening = Core::class.java.getDeclaredField("opening").apply { isAccessible = true }.get(core) as Future<*>
        val opened = runCatching { opening.get(SECONDS, TimeUnit.SECONDS) }.getOrNull() ?: return
        val plugin = opened.javaClass.getMethod("getPlugin").apply { isAccessible = true }.invoke(opened)
        (plugin as uniffi.aloft_ffi.Plugin).destroy() // its locks go, as the kernel lets them go
    }

    private companion object {
        const val NAME = "CapacitorUpdater"
    }
}

/** An app's Activity, as `cap add` makes it, but for resources and the web view that a layout would make. */
class App : BridgeActivity() {
    lateinit var web: Web

    override fun attachBaseContext(context: Context) {
        super.attachBaseContext(context)
        web = Web(this)
    }

    override fun onCreate(state: Bundle?) {
        window.requestFeature(Window.FEATURE_NO_TITLE) // a title would want a text that is drawn
        super.onCreate(state)
    }

    override fun setContentView(layout: Int) = Unit

    @Suppress("UNCHECKED_CAST")
    override fun <T : View> findViewById(id: Int): T = web as T

    override fun getAssets(): AssetManager = application.assets
}

/** Does what a web view does, as far as native code sees it. */
class Web(context: Context) : WebView(context) {
    val loads = mutableListOf<String>()
    val scripts = mutableListOf<String>()
    val said = LinkedBlockingQueue<String>()
    var cleared = 0
    var at: String? = null

    override fun getUrl() = at ?: super.getUrl()

    override fun post(action: Runnable) = Handler(Looper.getMainLooper()).post(action)

    override fun loadUrl(url: String) {
        loads.add(url)
        super.loadUrl(url)
    }

    override fun clearHistory() {
        cleared++
    }

    override fun evaluateJavascript(script: String, result: ValueCallback<String>?) {
        said.add(script)
    }
}

/** The page in a web view: requests, the bridge's messages, and what comes back. */
class Page(private val activity: ActivityController<App>) {
    val bridge: Bridge get() = activity.get().bridge
    val web: Web get() = activity.get().web
    private val messages get() = shadowOf(web).getJavascriptInterface("androidBridge") as MessageHandler
    private var calls = 0

    /** Our script: a document-start script, or in the page's HTML; or none. */
    private var inHtml = emptyList<String>()
    val script get() = (web.scripts + inHtml).filter { !it.contains("window.Capacitor = ") }.also { check(it.size <= 1) { "$it" } }.firstOrNull()
    val token get() = script?.let { Regex("'([0-9a-z]{16,})'|\"([0-9a-z]{16,})\"").find(it)?.value?.trim('\'', '"') }

    /** What the page at this path is given, but for scripts that were put in. */
    fun request(path: String): String? {
        val text = answer(web.loads.first().trimEnd('/') + path)
        inHtml = Regex("(?s)<script>(.*?)</script>").findAll(text.orEmpty()).map { it.groupValues[1] }.filter { "__aloft" in it }.toList()
        return text?.replace(Regex("(?s)<head>.*</head>"), "<head></head>")
    }

    /** What a request for this address is answered with. */
    fun answer(url: String, by: By = By.PAGE): String? =
        shadowOf(web).webViewClient.shouldInterceptRequest(web, Request(url, by))?.data?.reader()?.readText()

    /** The web view does what it was last told: it starts the page, asks for it, and runs the document-start scripts. */
    fun load(): String? {
        shadowOf(web).webViewClient.onPageStarted(web, web.loads.last(), null)
        val text = request("/")
        token?.let { post("pageBegan", JSONObject().put("token", it), "-1") }
        shadowOf(web).webViewClient.onPageFinished(web, web.loads.last())
        settle()
        return text
    }

    fun post(method: String, options: JSONObject, id: String) {
        val message = JSONObject().put("callbackId", id).put("pluginId", "CapacitorUpdater").put("methodName", method).put("options", options)
        messages.postMessage(message.toString())
    }

    /** Call a method; its `data`, or its `error`. */
    fun call(method: String, options: JSONObject = JSONObject()): JSONObject {
        val id = "${++calls}"
        post(method, options, id)
        val deadline = System.nanoTime() + SECONDS * 1_000_000_000
        while (System.nanoTime() < deadline) {
            shadowOf(Looper.getMainLooper()).idle()
            val said = web.said.poll(5, TimeUnit.MILLISECONDS) ?: continue
            val answer = JSONObject(said.substringAfter('(').substringBeforeLast(')'))
            if (answer.getString("callbackId") == id) return answer.optJSONObject("error") ?: answer.optJSONObject("data") ?: JSONObject()
        }
        throw AssertionError("no answer to $method")
    }

    /** Id of the bundle that `current` names. */
    fun current() = call("current").getJSONObject("bundle").getString("id")

    /** What listeners were told since the last call: who, and which `n`. */
    fun heard() =
        generateSequence { web.said.poll() }.map { JSONObject(it.substringAfter('(').substringBeforeLast(')')) }
            .map { "${it.getString("callbackId")} ${it.getJSONObject("data").getInt("n")}" }.toList()

    /** Until this is so. */
    fun settled(condition: () -> Boolean) {
        val deadline = System.nanoTime() + SECONDS * 1_000_000_000
        while (!condition()) {
            check(System.nanoTime() < deadline)
            Thread.yield()
        }
    }

    /** Whatever the main thread has in line. */
    fun settle() {
        bridge.callsAreDone()
        shadowOf(Looper.getMainLooper()).idle()
    }

    /** The user goes away, or a screen of the app's own comes on top. */
    fun pause() = also { activity.pause() }

    fun stop() = also { activity.stop() }

    fun resume() = also { activity.resume() }

    /** The user is back after [stop]. */
    fun back() = also { activity.restart().resume() }

    fun destroy() = also { activity.pause().stop().destroy() }

    private fun Bridge.callsAreDone() {
        val done = CountDownLatch(1)
        execute { done.countDown() }
        check(done.await(SECONDS, TimeUnit.SECONDS))
    }
}

/** Who asks. */
enum class By { PAGE, FRAME }

private class Request(private val url: String, private val by: By) : WebResourceRequest {
    override fun getUrl(): Uri = Uri.parse(url)

    override fun isForMainFrame() = by == By.PAGE

    override fun isRedirect() = false

    override fun hasGesture() = false

    override fun getMethod() = "GET"

    override fun getRequestHeaders() = emptyMap<String, String>()
}

@Implements(WebViewFeature::class)
class Features {
    companion object {
        @JvmStatic var documentStart = true

        @JvmStatic
        @Implementation
        fun isFeatureSupported(feature: String) = documentStart && feature == WebViewFeature.DOCUMENT_START_SCRIPT
    }
}

@Implements(WebViewCompat::class)
class Scripts {
    companion object {
        /** Holds the opening of the core up. */
        @JvmStatic @Volatile var opening: CountDownLatch? = null

        @JvmStatic
        @Implementation
        fun getCurrentWebViewPackage(context: Context): PackageInfo? {
            Steps.done.add("open")
            opening?.await(SECONDS, TimeUnit.SECONDS)
            return WebView.getCurrentWebViewPackage()
        }

        @JvmStatic
        @Implementation
        fun addDocumentStartJavaScript(view: WebView, script: String, origins: Set<String>): ScriptHandler {
            if (origins.any { !it.startsWith("http") }) throw IllegalArgumentException("$origins")
            (view as Web).scripts.add(script)
            return object : ScriptHandler {
                override fun remove() {
                    view.scripts.remove(script)
                }
            }
        }
    }
}

/** What a start did, in its order. */
object Steps {
    val done = CopyOnWriteArrayList<String>()
}

/** Keeps what the record of this process's end would name. */
@Implements(ActivityManager::class)
class Ends : ShadowActivityManager() {
    @Implementation
    fun setProcessStateSummary(state: ByteArray?) {
        Steps.done.add("tie")
        tied = state?.let { String(it) }
    }

    companion object {
        @JvmStatic @Volatile var tied: String? = null
    }
}

/** Decorates a window with resources that are not here. */
@Implements(className = "androidx.appcompat.app.AppCompatDelegateImpl")
class Decoration {
    @Implementation fun onCreate(state: Bundle?) = Unit

    @Implementation fun onPostCreate(state: Bundle?) = Unit

    @Implementation fun onStart() = Unit

    @Implementation fun onPostResume() = Unit

    @Implementation fun onStop() = Unit

    @Implementation fun onDestroy() = Unit
}
