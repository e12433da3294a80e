/* Launches of a new bundle: what confirms it, and what leaves it. */
package app.aloft.updater

import android.app.ActivityManager
import android.app.ApplicationExitInfo
import android.content.Context
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Before
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowActivityManager.ApplicationExitInfoBuilder

class TrialTest : PhoneTest() {
    @Before
    fun installed() {
        assets(Site.config(), builtin = Site.builtin)
        Site.installInto(data)
    }

    /** A process that dies; it had this on its page. */
    private fun life(live: (Page) -> Unit = {}): String? {
        val page = launch()
        val shown = page.load()
        live(page)
        kill()
        return shown
    }

    /** It confirms its bundle, and goes when nobody looks. */
    private fun goodLife() =
        life { page ->
            page.call("notifyAppReady")
            page.pause()
        }

    private fun diesOf(reason: Int) =
        life { page ->
            val record = ApplicationExitInfoBuilder.newBuilder().setReason(reason).setProcessStateSummary(page.token!!.toByteArray())
            shadowOf(app.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager).addApplicationExitInfo(record.build())
        }

    @Test
    fun a_page_that_confirms_stays() {
        repeat(5) { assertEquals(UPDATE, goodLife()) }
    }

    @Test
    fun i4_without_document_start_scripts_a_page_announces_itself_from_its_html() {
        Features.documentStart = false
        repeat(5) { assertEquals(UPDATE, goodLife()) }
    }

    @Test
    fun i4_a_call_before_the_page_began_confirms_nothing() {
        repeat(2) {
            val page = launch()
            assertEquals(UPDATE, page.request("/"))
            page.call("notifyAppReady") // of a page that was there before
            kill()
        }
        assertEquals(BUILTIN, life())
    }

    @Test
    fun i4_a_page_of_yesterday_confirms_nothing() {
        repeat(2) { life { it.call("notifyAppReady", JSONObject().put("token", "00000000000000000000000000000000")) } }
        assertEquals(BUILTIN, life())
    }

    @Test
    fun two_crashes_that_the_system_tells_of_end_a_trial() {
        repeat(2) { assertEquals(UPDATE, diesOf(ApplicationExitInfo.REASON_CRASH)) }
        assertEquals(BUILTIN, life())
    }

    @Test
    fun i6_a_process_killed_for_its_memory_costs_the_bundle_nothing() {
        repeat(4) { assertEquals(UPDATE, diesOf(ApplicationExitInfo.REASON_LOW_MEMORY)) }
        assertEquals(UPDATE, goodLife())
    }

    @Test
    fun a_native_update_shows_its_own_assets_first() {
        assertEquals(UPDATE, goodLife())
        build(2, "2.0")
        assertEquals(BUILTIN, life())
        build(1, "1.0")
        assertEquals("and so does the way back", BUILTIN, life())
    }

    @Test
    fun i6_an_activity_made_anew_shows_the_same_and_costs_no_attempt() {
        val first = launch()
        assertEquals(UPDATE, first.load())
        val second = open()
        assertEquals(UPDATE, second.load())
        assertEquals(first.token, second.token)
        assertEquals(1, second.web.loads.size)
        first.destroy()
        assertNotEquals("builtin", second.current())
        second.call("notifyAppReady")
        kill()
        assertEquals(UPDATE, life())
    }

    @Test
    fun an_activity_that_was_closed_and_opened_again_shows_the_same() {
        val first = launch()
        first.load()
        first.call("notifyAppReady")
        first.destroy()
        assertEquals(UPDATE, open().load())
    }
}
