/* An app whose native library is not there: this class runs in a JVM without it. */
package app.aloft.updater

import android.content.Context
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Test

class NoLibraryTest : PhoneTest() {
    @Test
    fun i1_without_the_library_builtin_is_shown_and_the_plugin_answers() {
        val other = File(app.filesDir, "other").apply { mkdirs() }
        File(other, "index.html").writeText("STALE")
        val stored = app.getSharedPreferences("CapWebViewSettings", Context.MODE_PRIVATE)
        stored.edit().putString("serverBasePath", other.path).putString("lastBinaryVersionCode", "1").putString("lastBinaryVersionName", "1.0").commit()
        val page = launch()
        assertNull("Capacitor would serve it", stored.getString("serverBasePath", null))
        assertNotNull(page.bridge.getPlugin("CapacitorUpdater"))
        assertNull(page.script)
        assertEquals(BUILTIN, page.load())
        assertEquals(listOf("https://localhost"), page.web.loads)
        assertEquals("builtin", page.current())
        assertEquals("builtin", page.call("notifyAppReady").getJSONObject("bundle").getString("id"))
        assertEquals(0, page.call("list").getJSONArray("bundles").length())
        assertEquals(false, page.call("isShakeMenuEnabled").getBoolean("enabled"))
        assertEquals("core_unavailable", page.call("status").getJSONArray("problems").getJSONObject(0).getString("code"))
        assertEquals("core_unavailable", page.call("download").getString("code"))
        page.pause().stop().resume().destroy()
    }
}
