// A publisher with the real command line, and the site it serves on loopback. In: bundles. Out: releases, the config of the app that takes
// them. May touch: a folder of its own; the server's process ends with it.
package app.aloft.jvm

import java.nio.file.Path
import java.util.concurrent.TimeUnit.SECONDS
import kotlin.io.path.createDirectories
import kotlin.io.path.createParentDirectories
import kotlin.io.path.writeBytes
import kotlin.io.path.writeText
import org.json.JSONArray
import org.json.JSONObject

class Site(private val desk: Path, vararg faults: String) : AutoCloseable {
  private val server: Process
  private val url: String
  private val key: String

  init {
    desk.createDirectories()
    aloft("init", "--app", APP)
    aloft("keys", "new")
    key = aloft("keys", "show").getJSONObject("signing").getString("public_key")
    desk.resolve("site").createDirectories()
    val words = arrayOf("serve", "site", "--listen", "127.0.0.1:0", "--json") + faults.flatMap { listOf("--fault", it) }
    server = start(*words)
    url = JSONObject(server.inputStream.bufferedReader().readLine()).getString("url")
  }

  /** The plugin's part of `capacitor.config.json`. */
  val config: JSONObject
    get() = JSONObject().put("feed", url).put("signingKeys", JSONArray().put(key)).put("autoUpdate", "off")

  /** A release whose page says its version; `weight` bytes that no one can compress go with it. */
  fun publish(version: String, weight: Int = 0) {
    val page = desk.resolve("www-$version/index.html").createParentDirectories()
    page.writeText("<!doctype html><p>$version</p><script>notifyAppReady()</script>")
    if (weight > 0) page.resolveSibling("noise.bin").writeBytes(kotlin.random.Random(1).nextBytes(weight))
    aloft("publish", "www-$version", "--version", version, "--expires", "never", "--yes")
  }

  override fun close() {
    server.destroy()
    server.waitFor(10, SECONDS)
  }

  private fun aloft(vararg words: String): JSONObject {
    val process = start(*words, "--json")
    val said = process.inputStream.bufferedReader().readText()
    check(process.waitFor() == 0) { "aloft ${words.toList()}: $said" }
    return JSONObject(said)
  }

  private fun start(vararg words: String): Process =
    ProcessBuilder(System.getProperty("aloft"), *words).directory(desk.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start()

  companion object {
    const val APP = "com.example.app"
  }
}
