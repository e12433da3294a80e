// A device: a data folder, and the host that an Android app would be. In: what the library tells it. Out: what the library was told, and
// the answers to calls. It keeps everything it hears, in order, and never blocks.
package app.aloft.jvm

import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit.SECONDS
import java.util.concurrent.atomic.AtomicInteger
import kotlin.io.path.createDirectories
import org.json.JSONObject
import uniffi.aloft_ffi.HostFacts
import uniffi.aloft_ffi.HostSetup
import uniffi.aloft_ffi.LogLevel
import uniffi.aloft_ffi.PagePlatform
import uniffi.aloft_ffi.PageToShow
import uniffi.aloft_ffi.Plugin
import uniffi.aloft_ffi.PluginHost
import uniffi.aloft_ffi.SplashState

/** What a call came to when it was refused. */
class Refused(val code: String, text: String) : Exception("$code: $text")

/** A page's event. */
data class Event(val name: String, val payload: JSONObject, val retained: Boolean)

open class Host : PluginHost {
  val pages = LinkedBlockingQueue<PageToShow>()
  val wakes = LinkedBlockingQueue<Long>()
  val events = CopyOnWriteArrayList<Event>()
  private val fresh = Semaphore(0)
  val lines = CopyOnWriteArrayList<String>()
  val stores = CopyOnWriteArrayList<String>()
  val answers = ConcurrentHashMap<String, CompletableFuture<JSONObject>>()

  override fun show(page: PageToShow) { pages.add(page) }
  override fun wake(after: ULong) { wakes.add(after.toLong()) }
  override fun emit(event: String, payload: String, retain: Boolean) {
    events.add(Event(event, JSONObject(payload), retain))
    fresh.release()
  }
  override fun answer(id: String, answer: String) { answers.getValue(id).complete(JSONObject(answer)) }
  override fun splash(splash: SplashState) {}
  override fun localTime(time: String): Long? = if (time == "2030-01-31T12:34:56") 1_896_093_296 else null
  override fun openStore(addresses: List<String>) { stores.addAll(addresses) }
  override fun beginWork() {}
  override fun endWork() {}
  override fun log(level: LogLevel, line: String) { lines.add("$level $line") }

  /** Waits for an event about a release. */
  fun heard(event: String, version: String) {
    while (events.none { it.name == event && it.payload.optJSONObject("bundle")?.optString("version") == version }) {
      check(fresh.tryAcquire(30, SECONDS)) { "no $event of $version in $events" }
    }
  }

  /** The page that is shown next. */
  fun shown(): PageToShow = checkNotNull(pages.poll(30, SECONDS)) { "no page was shown; log: $lines" }
}

/** One process of an app on a device. */
class Phone(data: Path, config: JSONObject = JSONObject(), val host: Host = Host()) : AutoCloseable {
  val plugin: Plugin = Plugin.open(setup(data, config), host)
  private val calls = AtomicInteger()

  fun launch(): PageToShow = plugin.launch(facts())

  /** What the document-start script of a page does, and the page's own code after it. */
  fun confirm(page: PageToShow): JSONObject {
    plugin.pageBegan(checkNotNull(page.token))
    return call("notifyAppReady", JSONObject().put("token", page.token))
  }

  /** Begin a call; its answer comes by the host. */
  fun begin(method: String, options: JSONObject = JSONObject()): CompletableFuture<JSONObject> {
    val id = calls.incrementAndGet().toString()
    val answer = CompletableFuture<JSONObject>()
    host.answers[id] = answer
    plugin.call(id, method, options.toString())
    return answer
  }

  fun call(method: String, options: JSONObject = JSONObject()): JSONObject = settled(begin(method, options))

  /** Ends the object, not the process: a later one on the same folder is another process only by its own pid. */
  override fun close() = plugin.close()

  companion object {
    /** The answer, or [Refused]. */
    fun settled(answer: CompletableFuture<JSONObject>): JSONObject {
      val said = answer.get(30, SECONDS)
      said.optJSONObject("error")?.let { throw Refused(it.getString("code"), it.getString("message")) }
      return said.optJSONObject("ok") ?: JSONObject()
    }

    fun setup(data: Path, config: JSONObject) = HostSetup(
      capacitorConfig = JSONObject().put("appId", Site.APP).put("plugins", JSONObject().put("CapacitorUpdater", config)).toString(),
      nativeAppId = Site.APP,
      platform = PagePlatform.ANDROID,
      pluginVersion = "0.1.0",
      data = data.createDirectories().toString(),
      builtin = null,
      assets = emptyList(),
      tlsRoots = null,
      proxy = null,
      proxyExcept = null,
      stableId = "a1b2c3",
    )

    fun facts() = HostFacts(
      buildCode = "210",
      buildName = "2.1.0",
      builtinRoot = null,
      platform = PagePlatform.ANDROID,
      os = "14",
      osBuild = "UP1A",
      webview = "120.0.0",
      fingerprint = null,
      bootSession = null,
      foreground = true,
      exits = emptyList(),
      lowMemoryKillsReported = false,
    )
  }
}
