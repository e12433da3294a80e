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
  fun a_method_that_is_not_there_is_refused_with_a_code() = Phone(data).use { phone ->
    val refused = assertThrows(Refused::class.java) { phone.call("makeCoffee") }
    assertEquals("unimplemented", refused.code.lowercase())
  }

  @Test
  fun options_that_are_no_json_are_an_exception_that_names_the_method() = Phone(data).use { phone ->
    val failed = assertThrows(CallFailed.BadOptions::class.java) { phone.plugin.call("1", "current", "{") }
    assertEquals("current", failed.method)
  }

  @Test
  fun i1_a_panic_is_an_exception_and_the_plugin_works_on() = Phone(data).use { phone ->
    val page = phone.launch()
    val panic = assertThrows(InternalException::class.java) { phone.plugin.provoke() }
    assertEquals("provoked", panic.message)
    assertNotNull(phone.confirm(page))
  }

  @Test
  fun i1_a_host_that_throws_changes_nothing() {
    val throwing = object : Host() {
      var heard = 0
      override fun log(level: LogLevel, line: String) { heard += 1; throw IllegalStateException("no log") }
    }
    Phone(data, host = throwing).use { phone ->
      phone.plugin.missed(Phone.facts())
      assertEquals(1, throwing.heard)
      assertNotNull(phone.call("current").opt("bundle"))
    }
  }

  @Test
  fun i1_an_answer_that_throws_does_not_reach_the_caller() {
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
  fun a_closed_plugin_refuses_instead_of_touching_freed_memory() {
    val phone = Phone(data)
    phone.close()
    val refused = assertThrows(IllegalStateException::class.java) { phone.plugin.tick() }
    assertTrue("destroyed" in checkNotNull(refused.message), "$refused")
  }
}
