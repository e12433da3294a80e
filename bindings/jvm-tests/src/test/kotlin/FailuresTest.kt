// What fails on one side must not end the other: refusals have codes, a panic is an exception, a host that throws is survived.
package app.aloft.jvm

import java.nio.file.Path
import org.json.JSONObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import uniffi.aloft_ffi.CallFailed
import uniffi.aloft_ffi.InternalException
import uniffi.aloft_ffi.LogLevel

class FailuresTest {
  @TempDir lateinit var data: Path

  @Test
  fun `a method that is not there is refused with a code`() = Phone(data).use { phone ->
    val refused = assertThrows(Refused::class.java) { phone.call("makeCoffee") }
    assertEquals("unimplemented", refused.code.lowercase())
  }

  @Test
  fun `options that are no JSON are an exception that names the method`() = Phone(data).use { phone ->
    val failed = assertThrows(CallFailed.BadOptions::class.java) { phone.plugin.call("1", "current", "{") }
    assertEquals("current", failed.method)
  }

  @Test
  fun `i1 a panic is an exception and the plugin works on`() = Phone(data).use { phone ->
    val page = phone.launch()
    val panic = assertThrows(InternalException::class.java) { phone.plugin.provoke() }
    assertEquals("provoked", panic.message)
    assertNotNull(phone.confirm(page))
  }

  @Test
  fun `i1 a host that throws changes nothing`() {
    val throwing = object : Host() {
      var heard = 0
      override fun log(level: LogLevel, line: String) { heard += 1; throw IllegalStateException("no log") }
      override fun wake(after: ULong) { heard += 1; throw OutOfMemoryError("no timer") }
    }
    Phone(data, host = throwing).use { phone ->
      phone.plugin.missed(Phone.facts())
      assertEquals(1, throwing.heard)
      assertNotNull(phone.call("current").opt("bundle"))
    }
  }

  @Test
  fun `i1 an answer that throws does not reach the caller`() {
    val throwing = object : Host() {
      var heard = 0
      override fun answer(id: String, answer: String) { heard += 1; throw IllegalStateException("the page is gone") }
    }
    Phone(data, host = throwing).use { phone ->
      phone.plugin.call("1", "current", JSONObject().toString())
      assertEquals(1, throwing.heard)
    }
  }

  @Test
  fun `a closed plugin refuses instead of touching freed memory`() {
    val phone = Phone(data)
    phone.close()
    val refused = assertThrows(IllegalStateException::class.java) { phone.plugin.tick() }
    assertTrue("destroyed" in checkNotNull(refused.message), "$refused")
  }
}
