// A whole update through the library: real site, real download, real files.
package app.aloft.jvm

import java.nio.file.Path
import java.util.concurrent.TimeUnit.NANOSECONDS
import kotlin.io.path.readText
import org.json.JSONObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class UpdateTest {
  @TempDir lateinit var folder: Path

  private fun version(phone: Phone) = phone.call("current").getJSONObject("bundle").getString("version")

  private fun wish(version: String) = JSONObject().put("version", version)

  @Test
  fun a_release_is_downloaded_shown_confirmed_and_told_of() = Site(folder.resolve("desk")).use { site ->
    site.publish("1.0.0")
    Phone(folder.resolve("data"), site.config).use { phone ->
      phone.confirm(phone.launch())
      val bundle = phone.call("download", wish("1.0.0"))
      assertEquals("1.0.0", bundle.getString("version"))

      phone.call("set", JSONObject().put("id", bundle.getString("id")))
      val page = phone.host.shown()
      assertTrue("1.0.0" in Path.of(checkNotNull(page.bundle)).resolve("index.html").readText())
      assertTrue(phone.call("status").getBoolean("onTrial"))
      assertTrue(phone.host.wakes.isNotEmpty(), "a trial has a deadline")

      phone.confirm(page)
      assertFalse(phone.call("status").getBoolean("onTrial"))
      assertEquals("1.0.0", version(phone))
      val told = phone.host.events.map { it.name }
      assertTrue(told.containsAll(listOf("download", "downloadComplete", "set")), "$told")
    }
  }

  @Test
  fun i4_a_page_of_the_bundle_before_confirms_nothing() = Site(folder.resolve("desk")).use { site ->
    site.publish("1.0.0")
    Phone(folder.resolve("data"), site.config).use { phone ->
      val before = phone.launch()
      phone.confirm(before)
      phone.call("set", JSONObject().put("id", phone.call("download", wish("1.0.0")).getString("id")))
      phone.call("notifyAppReady", JSONObject().put("token", before.token))
      assertTrue(phone.call("status").getBoolean("onTrial"))
    }
  }

  @Test
  fun i7_what_failed_is_left_for_builtin() = Site(folder.resolve("desk")).use { site ->
    site.publish("1.0.0")
    Phone(folder.resolve("data"), site.config).use { phone ->
      phone.confirm(phone.launch())
      phone.call("set", JSONObject().put("id", phone.call("download", wish("1.0.0")).getString("id")))
      phone.plugin.pageBegan(checkNotNull(phone.host.shown().token))
      phone.plugin.renderGone(uniffi.aloft_ffi.ExitReason.CRASH)
      assertNull(phone.host.shown().bundle)
    }
  }

  @Test
  fun what_the_channel_does_not_have_is_refused_with_a_code() = Site(folder.resolve("desk")).use { site ->
    site.publish("1.0.0")
    Phone(folder.resolve("data"), site.config).use { phone ->
      phone.launch()
      assertEquals("unknown_bundle", assertThrows(Refused::class.java) { phone.call("download", wish("9.9.9")) }.code)
      val bare = wish("9.9.9").put("url", "http://127.0.0.1:9/evil.zip")
      assertEquals("signature_missing", assertThrows(Refused::class.java) { phone.call("download", bare) }.code) // I3
    }
  }

  @Test
  fun i13_a_page_confirms_while_an_install_runs() = Site(folder.resolve("desk"), "drip=20000@artifacts/*").use { site ->
    site.publish("1.0.0")
    Phone(folder.resolve("data"), site.config).use { phone ->
      phone.confirm(phone.launch())
      phone.call("set", JSONObject().put("id", phone.call("download", wish("1.0.0")).getString("id")))
      val page = phone.host.shown()
      phone.plugin.pageBegan(checkNotNull(page.token))

      site.publish("2.0.0", weight = 1_000_000)
      val install = phone.begin("download", wish("2.0.0"))
      phone.host.heard("download", "2.0.0")
      val begun = System.nanoTime()
      phone.call("notifyAppReady", JSONObject().put("token", page.token))
      val took = NANOSECONDS.toMillis(System.nanoTime() - begun)
      assertFalse(phone.call("status").getBoolean("onTrial"))
      assertFalse(install.isDone, "the install did not last")
      assertTrue(took < 1_000, "a confirm took $took ms beside an install of 5 s")
      assertEquals("2.0.0", Phone.settled(install).getString("version"))
    }
  }
}
