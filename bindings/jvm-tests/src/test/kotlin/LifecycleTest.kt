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
  fun `a first launch shows builtin with a script that knows the token`() = Phone(data).use { phone ->
    val page = phone.launch()
    assertNull(page.bundle)
    assertEquals(PageLoad.START, page.load)
    assertTrue(checkNotNull(page.script).contains(checkNotNull(page.token)))
  }

  @Test
  fun `another web view of the process shows the same page under the same token`() = Phone(data).use { phone ->
    assertEquals(phone.launch().token, phone.plugin.attached().token)
  }

  @Test
  fun `every mark of the lifecycle crosses`() = Phone(data).use { phone ->
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
  fun `a host that could not wait is told of builtin and reads still answer`() = Phone(data).use { phone ->
    phone.plugin.missed(Phone.facts())
    assertNotNull(phone.call("current").opt("bundle"))
    assertTrue(phone.host.lines.any { "not ready in time" in it }, "${phone.host.lines}")
  }

  @Test
  fun `under live reload the page is left alone`() {
    val setup = Phone.setup(data, JSONObject()).copy(capacitorConfig = """{"server":{"url":"http://127.0.0.1:1"}}""")
    Plugin.open(setup, Host()).use { plugin -> assertEquals(PageLoad.NOTHING, plugin.launch(Phone.facts()).load) }
  }
}
