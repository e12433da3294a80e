/* Calls through Capacitor's bridge, events back, and a whole update from a real server. */
package app.aloft.updater

import android.app.ActivityManager
import android.content.ComponentName
import android.content.Context
import app.aloft.Core
import java.io.File
import java.util.TimeZone
import java.util.concurrent.CountDownLatch
import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowAppTask

class CallsTest : PhoneTest() {
    @Test
    fun a_whole_update_from_a_real_server() {
        assets(Site.config(), builtin = Site.builtin)
        val page = launch()
        page.load()
        val bundle = page.call("download", JSONObject().put("version", "1.1.0"))
        assertEquals(bundle.toString(), "1.1.0", bundle.optString("version"))
        assertEquals(bundle.getString("id"), page.call("next", JSONObject().put("id", bundle.getString("id"))).getString("id"))
        kill()
        val updated = launch()
        assertEquals(UPDATE, updated.load())
        assertEquals(bundle.getString("id"), updated.current())
    }

    @Test
    fun what_is_wrong_is_told_with_its_code() {
        val page = launch()
        page.load()
        val refused = page.call("delete")
        assertTrue(refused.toString(), refused.has("code") && refused.has("message"))
        assertEquals("UNIMPLEMENTED", page.call("performImmediateUpdate").getString("code"))
    }

    @Test
    fun the_store_is_opened_by_what_the_device_has() {
        val page = launch()
        page.load()
        page.call("openAppStore")
        page.settle()
        assertEquals("market://details?id=${app.packageName}", shadowOf(app).nextStartedActivity.dataString)
        shadowOf(app).checkActivities(true) // nothing opens a store from here on
        page.call("openAppStore")
        page.settle()
        assertEquals(null, shadowOf(app).nextStartedActivity)
    }

    @Test
    fun a_time_without_a_zone_is_that_of_the_device() {
        val zone = TimeZone.getDefault()
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"))
        try {
            val core = Core.of(app)
            assertEquals(1_896_089_696L, core.localTime("2030-01-31T12:34:56"))
            assertEquals(1_911_724_496L, core.localTime("2030-07-31T12:34:56"))
        } finally {
            TimeZone.setDefault(zone)
        }
        val page = launch()
        page.load()
        val date = JSONObject().put("kind", "date").put("value", "2030-01-31T12:34:56")
        val answer = page.call("setMultiDelay", JSONObject().put("delayConditions", JSONArray().put(date)))
        assertTrue(answer.toString(), !answer.has("code"))
    }

    @Test
    fun an_event_reaches_the_listener_of_the_page_and_waits_for_it_if_it_is_kept() {
        val page = launch()
        page.load()
        val core = Core.of(app)
        core.emit("gone", """{"n":1}""", false)
        core.emit("kept", """{"n":2}""", true)
        page.settle()
        page.post("addListener", JSONObject().put("eventName", "gone"), "gone")
        page.post("addListener", JSONObject().put("eventName", "kept"), "kept")
        page.settle()
        core.emit("gone", """{"n":3}""", false)
        page.settle()
        assertEquals(listOf("kept 2", "gone 3"), page.heard())
    }

    @Test
    fun what_is_kept_is_for_the_page_that_comes_and_not_for_listeners_of_the_page_before() {
        val page = launch()
        page.load()
        page.post("addListener", JSONObject().put("eventName", "kept"), "before")
        page.settle()
        page.load()
        Core.of(app).emit("kept", """{"n":1}""", true)
        page.settle()
        assertEquals(emptyList<String>(), page.heard())
        page.post("addListener", JSONObject().put("eventName", "kept"), "after")
        page.settle()
        assertEquals(listOf("after 1"), page.heard())
    }

    @Test
    fun a_host_that_the_system_excepts_is_reached_without_its_proxy() {
        assets(Site.config(), builtin = Site.builtin)
        val settings = mapOf("https.proxyHost" to "127.0.0.1", "https.proxyPort" to "9") // nobody listens there
        fun download() = launch().let { page -> page.load(); page.call("download", JSONObject().put("version", "1.1.0")).also { kill() } }
        try {
            settings.forEach(System::setProperty)
            assertEquals("connect_failed", download().optString("code"))
            System.setProperty("https.nonProxyHosts", "localhost|127.*")
            assertEquals("1.1.0", download().optString("version"))
        } finally {
            (settings.keys + "https.nonProxyHosts").forEach(System::clearProperty)
        }
    }

    @Test
    fun facts_of_the_device_are_those_of_the_system() {
        assets(Site.config(), builtin = Site.builtin)
        build(7, "7.1")
        val page = launch()
        page.load()
        assertEquals("7.1", page.call("getBuiltinVersion").getString("version"))
        assertEquals("7.1", page.call("current").getString("native"))
        page.settled { File(app.noBackupFilesDir, "aloft-host/aloft-builtin.json").exists() }
        val description = File(Site.builtin, "aloft-builtin.json").readText()
        assertEquals(description, File(app.noBackupFilesDir, "aloft-host/aloft-builtin.json").readText())
    }

    @Test
    fun i12_after_a_reinstall_it_is_the_same_device() {
        fun id() = launch().let { page -> page.load(); page.call("getDeviceId").getString("deviceId").also { kill() } }
        android.provider.Settings.Secure.putString(app.contentResolver, "android_id", "4f1c2b8a90d3e657")
        val before = id()
        data.deleteRecursively()
        assertEquals(before, id())
    }

    @Test
    fun i1_a_core_that_is_late_lets_the_builtin_assets_be_shown_and_works_all_the_same() {
        assets(Site.config(), builtin = Site.builtin)
        Site.installInto(data)
        val late = CountDownLatch(1)
        Scripts.opening = late
        val page = launch()
        assertEquals(BUILTIN, page.load())
        late.countDown()
        assertEquals("builtin", page.current())
        kill()
        assertEquals("the next process is in time", UPDATE, launch().load())
    }

    /** The topmost screen of the app's own task. */
    private fun top(page: Page, name: String) {
        val task = ShadowAppTask.newInstance()
        val info = ActivityManager.RecentTaskInfo().apply { topActivity = ComponentName(app.packageName, name) }
        @Suppress("DEPRECATION")
        info.id = page.bridge.activity.taskId
        shadowOf(task).setTaskInfo(info)
        shadowOf(app.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager).setAppTasks(listOf(task))
    }

    @Test
    fun what_is_staged_waits_for_the_home_screen_not_for_a_dialogue_or_a_camera() {
        assets(Site.config(), builtin = Site.builtin)
        Site.installInto(data)
        val page = launch()
        assertEquals(UPDATE, page.load())
        page.call("notifyAppReady")
        page.call("next", JSONObject().put("id", "builtin"))
        page.pause().settle()
        assertEquals("a dialogue of the system", 1, page.web.loads.size)
        top(page, "com.android.camera.Camera")
        page.stop().settle()
        assertEquals("a screen of the app's own task", 1, page.web.loads.size)
        page.back().pause()
        top(page, App::class.java.name)
        page.stop().settle()
        assertEquals("the home screen", 2, page.web.loads.size)
        assertEquals(BUILTIN, page.load())
    }

    @Test
    fun going_away_and_coming_back_keeps_the_page() {
        val page = launch()
        page.load()
        page.pause().stop().back()
        page.settle()
        assertEquals(1, page.web.loads.size)
    }
}
