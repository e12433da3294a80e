/*
 * One web view, and which files Capacitor's server gives it.
 *
 * In: pages to show. Out: requests answered from the right folder, one `loadUrl` a page. May touch: the bridge's web view, its
 * client, its server; Capacitor's stored path. Keeps: I1, I4 (a page is given its token before any script of its own).
 *
 * Capacitor makes its server after the plugins were loaded and loads the page at once: the folder is set by the first request.
 */
package app.aloft.updater

import android.content.Context
import android.net.Uri
import android.util.Log
import android.webkit.RenderProcessGoneDetail
import android.webkit.WebResourceRequest
import android.webkit.WebResourceResponse
import android.webkit.WebView
import androidx.webkit.ScriptHandler
import androidx.webkit.WebViewCompat
import androidx.webkit.WebViewFeature
import app.aloft.Core
import app.aloft.TAG
import com.getcapacitor.Bridge
import com.getcapacitor.BridgeWebViewClient
import com.getcapacitor.plugin.WebView as Stored
import java.io.InputStream
import uniffi.aloft_ffi.ExitReason
import uniffi.aloft_ffi.PageLoad
import uniffi.aloft_ffi.PageToShow

internal class Hosting(private val app: Bridge, private val core: Core) {
    private val client = Client()
    private val origin = Uri.parse(app.appUrl).run { "$scheme://$encodedAuthority" }
    private var waiting: String? = null
    private var script: ScriptHandler? = null

    /** The script of a page whose web view takes no document-start scripts: it goes into the HTML, as Capacitor's own does. */
    @Volatile private var inline: String? = null
    private var forget = false

    /** The first page, which Capacitor loads itself. Main thread, while plugins are loaded. */
    fun begin(page: PageToShow) {
        forgetStoredPath(app.context)
        waiting = page.bundle
        announce(page)
        app.webViewClient = client
    }

    /** The Activity starts. If another plugin's client took the place of ours, it may have served the wrong page: once more. */
    fun started() {
        if (host() && app.webViewClient !== client) app.webView.loadUrl(app.appUrl)
    }

    /** Another page in the same web view. Main thread. */
    @Synchronized
    fun show(page: PageToShow) {
        waiting = null
        val bundle = page.bundle
        if (bundle == null) app.localServer.hostAssets(Bridge.DEFAULT_WEB_ASSET_DIR) else app.localServer.hostFiles(bundle)
        announce(page)
        forget = true
        val shown = app.webView.url
        val same = page.load == PageLoad.SAME_URL && shown != null && shown.isOurs()
        app.webView.loadUrl(if (same) shown!! else app.appUrl)
    }

    /** Whoever comes first: a request, on a thread of the web view, or the Activity's start. */
    @Synchronized
    private fun host(): Boolean {
        val bundle = waiting ?: return false
        waiting = null
        app.localServer.hostFiles(bundle)
        return true
    }

    private fun announce(page: PageToShow) {
        script?.remove()
        script = page.script?.let(::added)
        inline = page.script.takeIf { script == null }
    }

    private fun added(text: String): ScriptHandler? {
        if (!WebViewFeature.isFeatureSupported(WebViewFeature.DOCUMENT_START_SCRIPT)) return null
        return try {
            WebViewCompat.addDocumentStartJavaScript(app.webView, text, setOf(origin))
        } catch (refused: Exception) { // a custom scheme, for one
            Log.i(TAG, "no document-start scripts for $origin")
            null
        }
    }

    /** The web view writes hosts in small letters, however the config does. */
    private fun String.isOurs() = equals(origin, ignoreCase = true) || startsWith("$origin/", ignoreCase = true)

    private fun InputStream.with(script: String): InputStream {
        val html = reader().readText()
        return runCatching { core.withScript(html, script) }.getOrDefault(html).byteInputStream()
    }

    private inner class Client : BridgeWebViewClient(app) {
        override fun shouldInterceptRequest(view: WebView, request: WebResourceRequest): WebResourceResponse? {
            // Read before the answer is made: the page before is never given the token of the next one (I4).
            val script = inline?.takeIf { request.isForMainFrame && request.url.toString().isOurs() }
            host()
            val response = super.shouldInterceptRequest(view, request)
            if (script != null && response?.mimeType == "text/html") response.data = response.data?.with(script)
            return response
        }

        override fun onPageFinished(view: WebView, url: String?) {
            super.onPageFinished(view, url)
            if (forget) view.clearHistory() // what is behind belongs to another bundle
            forget = false
        }

        override fun onRenderProcessGone(view: WebView, detail: RenderProcessGoneDetail): Boolean {
            core.renderGone(if (detail.didCrash()) ExitReason.NATIVE_CRASH else ExitReason.LOW_MEMORY)
            return super.onRenderProcessGone(view, detail)
        }
    }
}

/** Forget the path that Capacitor would serve instead of the builtin web assets; with one it also loads twice. */
internal fun forgetStoredPath(context: Context) =
    context.getSharedPreferences(Stored.WEBVIEW_PREFS_NAME, Context.MODE_PRIVATE).edit().remove(Stored.CAP_SERVER_PATH).apply()
