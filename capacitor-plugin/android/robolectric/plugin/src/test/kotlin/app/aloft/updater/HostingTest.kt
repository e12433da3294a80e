/* What the web view is served, by how many loads, and when: the plugin in Capacitor's own runtime. */
package app.aloft.updater

import android.content.Context
import android.net.Uri
import android.webkit.RenderProcessGoneDetail
import app.aloft.Core
import com.getcapacitor.BridgeWebViewClient
import com.getcapacitor.Plugin
import com.getcapacitor.annotation.CapacitorPlugin
import java.io.File
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import uniffi.aloft_ffi.PageLoad
import uniffi.aloft_ffi.PageToShow

class HostingTest : PhoneTest() {
    private fun installed() {
        assets(Site.config(), builtin = Site.builtin)
        Site.installInto(data)
    }

    @Test
    fun a_fresh_app_shows_its_builtin_assets_by_one_load() {
        val page = launch()
        assertNotNull(page.bridge.getPlugin("CapacitorUpdater"))
        assertEquals(BUILTIN, page.load())
        assertEquals(listOf("https://localhost"), page.web.loads)
        assertEquals("builtin", page.current())
    }

    @Test
    fun an_installed_bundle_is_the_first_page_by_one_load() {
        installed()
        val page = launch()
        assertEquals(UPDATE, page.load())
        assertEquals(listOf("https://localhost"), page.web.loads)
        assertNotEquals("builtin", page.current())
    }

    @Test
    fun the_bundle_is_hosted_at_the_latest_when_the_activity_has_started() {
        installed()
        val page = launch()
        assertTrue(page.bridge.serverBasePath, page.bridge.serverBasePath.startsWith(data.path))
    }

    @Test
    fun a_path_that_something_stored_makes_no_second_load() {
        installed()
        val other = File(app.filesDir, "other").apply { mkdirs() }
        stored.edit().putString("serverBasePath", other.path).putString("lastBinaryVersionCode", "1").putString("lastBinaryVersionName", "1.0").commit()
        val page = launch()
        assertEquals(UPDATE, page.load())
        assertEquals(1, page.web.loads.size)
        assertNull(stored.getString("serverBasePath", null))
    }

    @Test
    fun a_plugin_that_sets_a_client_of_its_own_keeps_it_and_the_right_page_is_loaded() {
        installed()
        plugins.add(Impolite::class.java.name)
        val page = launch()
        assertTrue(shadowOf(page.web).webViewClient is Impolite.Client)
        assertEquals(UPDATE, page.load())
        assertEquals(2, page.web.loads.size)
    }

    @Test
    fun i4_each_page_has_one_script_and_a_token_of_its_own() {
        installed()
        val page = launch()
        val token = page.token
        assertNotNull(token)
        page.load()
        val core = Core.of(app)
        core.show(PageToShow(null, "begin('0123456789abcdef')", "0123456789abcdef", PageLoad.START))
        page.settle()
        assertEquals("0123456789abcdef", page.token)
        assertEquals(BUILTIN, page.load())
    }

    @Test
    fun another_page_in_session_is_one_load_and_nothing_to_go_back_to() {
        installed()
        val page = launch()
        page.load()
        page.web.at = "https://localhost/a/b?c=d#e"
        Core.of(app).show(PageToShow(null, null, null, PageLoad.SAME_URL))
        page.settle()
        assertEquals(listOf("https://localhost", "https://localhost/a/b?c=d#e"), page.web.loads)
        assertEquals(0, page.web.cleared)
        page.load()
        assertEquals(1, page.web.cleared)
        page.web.at = "https://elsewhere.example/"
        Core.of(app).show(PageToShow(null, null, null, PageLoad.SAME_URL))
        page.settle()
        assertEquals("https://localhost", page.web.loads.last())
    }

    @Test
    fun a_page_whose_renderer_crashes_is_left_in_session() {
        installed()
        val page = launch()
        assertEquals(UPDATE, page.load())
        val crash = object : RenderProcessGoneDetail() {
            override fun didCrash() = true

            override fun rendererPriorityAtExit() = 0
        }
        assertFalse("nobody claims that the web view lives", shadowOf(page.web).webViewClient.onRenderProcessGone(page.web, crash))
        page.settle()
        assertEquals(2, page.web.loads.size)
        assertEquals(BUILTIN, page.load())
    }

    @Test
    fun live_reload_is_left_alone() {
        val server = JSONObject().put("url", "http://10.0.2.2:5173").put("cleartext", true)
        Site.installInto(data)
        assets(Site.config(), JSONObject().put("server", server), Site.builtin)
        stored.edit().putString("serverBasePath", "/kept").commit()
        val page = launch()
        assertEquals(listOf("http://10.0.2.2:5173"), page.web.loads)
        assertSame(BridgeWebViewClient::class.java, shadowOf(page.web).webViewClient.javaClass)
        assertNull(page.script)
        assertTrue(page.call("status").toString().contains("live_reload"))
    }

    @Test
    fun i4_without_document_start_scripts_the_html_has_the_script_before_all_others() {
        Features.documentStart = false
        installed()
        val page = launch()
        assertNull("nothing is there before the page", page.script)
        val html = page.answer("https://localhost/")!!
        val (ours, capacitors, its) = listOf("__aloft", "window.Capacitor = ", "notifyAppReady()").map(html::indexOf)
        assertTrue("$ours, $capacitors, $its", ours in 1 until capacitors && capacitors < its)
        assertTrue("every path of an app with routes", "__aloft" in page.answer("https://localhost/a/b?c=d")!!)
        assertFalse("no frame of the page", "__aloft" in page.answer("https://localhost/", By.FRAME)!!)
        assertFalse("nobody else's page", "__aloft" in page.answer("https://elsewhere.example/").orEmpty())
        assertFalse("no file", "__aloft" in page.answer("https://localhost/aloft-builtin.json").orEmpty())

        assertEquals(UPDATE, page.request("/"))
        page.post("pageBegan", JSONObject().put("token", page.token!!), "-1")
        page.call("notifyAppReady") // before the web view says that a page started
        assertFalse(page.call("status").getBoolean("onTrial"))
    }

    @Test
    fun i4_html_that_was_asked_for_before_a_swap_has_no_token_of_the_page_after_it() {
        Features.documentStart = false
        installed()
        val page = launch()
        page.load()
        val before = page.token!!
        Core.of(app).show(PageToShow(null, "window.__aloft = 'after'", "0123456789abcdef", PageLoad.START))
        page.settle()
        val html = page.answer("https://localhost/")!!
        assertTrue(html, "__aloft = 'after'" in html && before !in html && "BUILTIN" in html)
    }

    @Test
    fun a_custom_scheme_has_its_script_in_the_html() {
        Site.installInto(data)
        assets(Site.config(), JSONObject().put("server", JSONObject().put("androidScheme", "myapp")), Site.builtin)
        val page = launch()
        assertNull(page.script)
        assertEquals(UPDATE, page.load())
        assertNotNull(page.script)
        page.call("notifyAppReady")
        assertFalse(page.call("status").getBoolean("onTrial"))
        assertEquals(1, page.web.loads.size)
        assertEquals("myapp", Uri.parse(page.web.loads.single()).scheme)
    }

    private val stored get() = app.getSharedPreferences("CapWebViewSettings", Context.MODE_PRIVATE)
}

@CapacitorPlugin(name = "Impolite")
class Impolite : Plugin() {
    class Client(bridge: com.getcapacitor.Bridge) : BridgeWebViewClient(bridge)

    override fun load() {
        bridge.webViewClient = Client(bridge)
    }
}
