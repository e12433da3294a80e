/* The order of a start: what comes before the page, and what nobody waits for. */
package app.aloft.updater

import android.app.ActivityManager
import android.app.ApplicationExitInfo
import android.content.Context
import app.aloft.Core
import java.io.File
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.Security
import java.security.cert.Certificate
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.ExecutorService
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Before
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowActivityManager.ApplicationExitInfoBuilder
import org.robolectric.shadows.ShadowBuild

class StartTest : PhoneTest() {
    private val store = Store()
    private val roots get() = File(app.noBackupFilesDir, "aloft-host/roots.pem")

    @Before
    fun installed() {
        Security.addProvider(store)
        assets(Site.config(), builtin = Site.builtin)
        Site.installInto(data)
    }

    @After
    fun release() {
        Certificates.held?.countDown()
        Certificates.held = null
        Security.removeProvider(store.name)
    }

    private fun hold() = CountDownLatch(1).also { Certificates.held = it }

    @Test
    fun the_core_is_opened_and_its_end_tied_to_its_page_before_what_is_slow_begins() {
        val held = hold()
        val page = launch()
        assertEquals("before the first request", page.token, Ends.tied)
        assertEquals(UPDATE, page.load())
        page.call("notifyAppReady")
        assertFalse("no call waits", page.call("status").getBoolean("onTrial"))
        held.countDown()
        page.settled { roots.exists() }
        assertEquals(listOf("open", "tie", "roots"), Steps.done.distinct())
        assertEquals("what the user added is not trusted", 1, Regex("BEGIN").findAll(roots.readText()).count())
    }

    @Test
    fun i6_a_process_that_ends_in_its_first_second_leaves_a_record_that_names_its_page() {
        hold()
        repeat(4) {
            assertEquals(UPDATE, launch().load())
            val record = ApplicationExitInfoBuilder.newBuilder().setReason(ApplicationExitInfo.REASON_LOW_MEMORY)
            Ends.tied?.let { record.setProcessStateSummary(it.toByteArray()) }
            shadowOf(app.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager).addApplicationExitInfo(record.build())
            Ends.tied = null
            kill()
        }
        assertEquals(UPDATE, launch().load())
    }

    @Test
    fun a_call_of_a_process_whose_core_was_late_finds_a_core_that_knows_its_process() {
        hold()
        val late = CountDownLatch(1)
        Scripts.opening = late
        assertEquals(BUILTIN, launch().load())
        val second = open()
        assertEquals("a second Activity does not wait for it either", BUILTIN, second.load())
        late.countDown()
        assertEquals("1.1.0", second.call("download", JSONObject().put("version", "1.1.0")).optString("version"))
    }

    @Test
    fun the_trusted_roots_are_read_again_for_another_app_another_system_or_after_a_week() {
        fun reads(): Int {
            val before = Certificates.loads.get()
            launch()
            prepared()
            kill()
            return Certificates.loads.get() - before
        }
        assertEquals("the first start", 1, reads())
        assertEquals("the same app and system", 0, reads())
        shadowOf(app.packageManager).getInternalMutablePackageInfo(app.packageName).lastUpdateTime += 60_000
        assertEquals("another app", listOf(1, 0), listOf(reads(), reads()))
        ShadowBuild.setFingerprint("another")
        assertEquals("another system", listOf(1, 0), listOf(reads(), reads()))
        val stamp = File(roots.parentFile, "roots.of")
        stamp.setLastModified(stamp.lastModified() - 8 * 24 * 3600 * 1000L)
        assertEquals("a week later", listOf(1, 0), listOf(reads(), reads()))
        roots.delete()
        assertEquals("the file is gone", 1, reads())
    }

    /** What follows a launch is done. */
    private fun prepared() {
        val field = Core::class.java.getDeclaredField("thread").apply { isAccessible = true }
        (field.get(Core.of(app)) as ExecutorService).submit {}.get(SECONDS, TimeUnit.SECONDS)
        Thread.getAllStackTraces().keys.filter { it.name == "aloft-prepare" }.forEach { it.join(SECONDS * 1000) }
    }
}

/** `AndroidCAStore`, which is not on a JVM: one certificate of the system, and one that the user added. */
private class Certificates : KeyStoreSpi() {
    private val certificate = object : Certificate("X.509") {
        override fun getEncoded() = byteArrayOf(1, 2, 3)

        override fun verify(key: java.security.PublicKey) = Unit

        override fun verify(key: java.security.PublicKey, provider: String) = Unit

        override fun toString() = "a certificate"

        override fun getPublicKey() = throw UnsupportedOperationException()
    }

    override fun engineLoad(stream: InputStream?, password: CharArray?) {
        Steps.done.add("roots")
        loads.incrementAndGet()
        held?.await(SECONDS, TimeUnit.SECONDS)
    }

    override fun engineAliases(): Enumeration<String> = Collections.enumeration(listOf("user:2", "system:1"))

    override fun engineGetCertificate(alias: String): Certificate = certificate

    override fun engineGetKey(alias: String, password: CharArray?): Key? = null

    override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

    override fun engineGetCreationDate(alias: String): Date? = null

    override fun engineSetKeyEntry(alias: String, key: Key?, password: CharArray?, chain: Array<out Certificate>?) = Unit

    override fun engineSetKeyEntry(alias: String, key: ByteArray?, chain: Array<out Certificate>?) = Unit

    override fun engineSetCertificateEntry(alias: String, certificate: Certificate?) = Unit

    override fun engineDeleteEntry(alias: String) = Unit

    override fun engineContainsAlias(alias: String) = true

    override fun engineSize() = 2

    override fun engineIsKeyEntry(alias: String) = false

    override fun engineIsCertificateEntry(alias: String) = true

    override fun engineGetCertificateAlias(certificate: Certificate?): String? = null

    override fun engineStore(stream: OutputStream?, password: CharArray?) = Unit

    companion object {
        @Volatile var held: CountDownLatch? = null
        val loads = AtomicInteger()
    }
}

@Suppress("DEPRECATION")
private class Store : Provider("certificates", 1.0, "for a test") {
    init {
        putService(object : Service(this, "KeyStore", "AndroidCAStore", "Certificates", null, null) {
            override fun newInstance(parameter: Any?) = Certificates()
        })
    }
}
