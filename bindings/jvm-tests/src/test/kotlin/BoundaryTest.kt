// What the boundary itself costs: memory that must come back, and time that is only told.
package app.aloft.jvm

import java.io.File
import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import kotlin.io.path.Path
import kotlin.io.path.readLines
import org.json.JSONObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import uniffi.aloft_ffi.FfiConverterTypePluginHost
import uniffi.aloft_ffi.Plugin

class BoundaryTest {
  @TempDir lateinit var data: Path

  /** A host is held until the last part of its plugin is freed; and each open holds a URL of 64 KiB, of which a thousand are 64 MiB. */
  @Test
  fun a_thousand_opens_leave_nothing_behind() {
    val setup = Phone.setup(data, JSONObject().put("feed", "http://127.0.0.1:1/" + "x".repeat(64 * 1024)))
    val host = Host()
    fun open(times: Int) = repeat(times) {
      Plugin.open(setup, host).use { plugin ->
        host.answers["1"] = CompletableFuture()
        plugin.call("1", "current", "{}")
      }
    }
    open(300) // fills the caches of JNA
    val (hosts, before) = FfiConverterTypePluginHost.handleMap.size to resident()
    open(1_000)
    val grown = (resident() - before) / 1024
    tell("1,000 opens: $grown KiB more resident")
    assertEquals(hosts, FfiConverterTypePluginHost.handleMap.size, "hosts that are still held")
    assertTrue(grown < 24 * 1024, "1,000 opens left $grown KiB")
  }

  @Test
  fun a_call_takes_so_long() = Phone(data).use { phone ->
    val page = phone.launch()
    phone.confirm(page)
    for (method in listOf("current", "notifyAppReady")) {
      repeat(2_000) { phone.call(method) }
      val times = LongArray(2_000) {
        val begun = System.nanoTime()
        phone.call(method)
        System.nanoTime() - begun
      }
      times.sort()
      tell("$method over JNA: median ${times[1_000] / 1_000} µs, p99 ${times[1_980] / 1_000} µs")
    }
    assertTrue(phone.host.pages.isEmpty())
  }

  /** For the gate, which shows the figures of a run. */
  private fun tell(figure: String) {
    println(figure)
    System.getProperty("figures")?.let { File(it).appendText("$figure\n") }
  }

  /** Bytes of this process in memory, after the collector ran; zero where the system does not tell. */
  private fun resident(): Long {
    System.gc()
    val status = Path("/proc/self/status")
    if (!status.toFile().exists()) return 0
    return status.readLines().first { it.startsWith("VmRSS:") }.filter(Char::isDigit).toLong() * 1024
  }
}
