// The typed half of the boundary: what the first page is, and what comes back when pages and the system speak.
package app.aloft.jvm

import java.nio.file.Path
import org.json.JSONObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import uniffi.aloft_ffi.LeavingHow
import uniffi.aloft_ffi.PageLoad
import uniffi.aloft_ffi.Plugin

class LifecycleTest {
  @TempDir lateinit var data: Path

  @Test
  fun a_first_launch_shows_builtin_with_a_script_that_knows_the_token() = Phone(data).use { phone ->
    val page = phone.launch()
    assertNull(page.bundle)
    assertEquals(PageLoad.START, page.load)
    assertTrue(checkNotNull(page.script).contains(checkNotNull(page.token)))
  }

  @Test
  fun another_web_view_of_the_process_shows_the_same_page_under_the_same_token() = Phone(data).use { phone ->
    assertEquals(phone.launch().token, phone.plugin.attached().token)
  }

  @Test
  fun every_mark_of_the_lifecycle_crosses() = Phone(data).use { phone ->
    val page = phone.launch()
    phone.confirm(page)
    with(phone.plugin) {
      background(LeavingHow.COVERED)
      foreground()
      background(LeavingHow.APP)
      tick()
      terminating()
    }
    assertTrue(phone.host.pages.isEmpty(), "a confirmed builtin stays where it is")
  }

  @Test
  fun a_host_that_could_not_wait_is_told_of_builtin_and_reads_still_answer() = Phone(data).use { phone ->
    phone.plugin.missed(Phone.facts())
    assertNotNull(phone.call("current").opt("bundle"))
    assertTrue(phone.host.lines.any { "not ready in time" in it }, "${phone.host.lines}")
  }

  @Test
  fun under_live_reload_the_page_is_left_alone() {
    val setup = Phone.setup(data, JSONObject()).copy(capacitorConfig = """{"server":{"url":"http://127.0.0.1:1"}}""")
    Plugin.open(setup, Host()).use { plugin -> assertEquals(PageLoad.NOTHING, plugin.launch(Phone.facts()).load) }
  }
}
