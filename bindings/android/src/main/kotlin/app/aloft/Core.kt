/*
 * The one core of this process, opened away from the main thread.
 *
 * In: an application context, screens that come and go. Out: pages for a screen, answers, events. May touch: its own folder,
 * the main thread's queue. Keeps: I1 (whoever waits for the core waits 300 ms at most), I13 (no caller waits for the worker).
 */
package app.aloft

import android.content.Context
import android.os.Handler
import android.os.Looper
import android.os.Process
import android.util.Log
import java.text.SimpleDateFormat
import java.util.Locale
import java.util.concurrent.Callable
import java.util.concurrent.Executors
import java.util.concurrent.Future
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import java.util.concurrent.atomic.AtomicInteger
import uniffi.aloft_ffi.ExitReason
import uniffi.aloft_ffi.HostFacts
import uniffi.aloft_ffi.LeavingHow
import uniffi.aloft_ffi.LogLevel
import uniffi.aloft_ffi.PageLoad
import uniffi.aloft_ffi.PageToShow
import uniffi.aloft_ffi.Plugin
import uniffi.aloft_ffi.PluginHost
import uniffi.aloft_ffi.SplashState

/** A web view that shows what the core says. */
interface Screen {
    /** Serve this from here on, and load it. Main thread. */
    fun show(page: PageToShow)

    /** Show or hide the splash screen. Main thread. */
    fun splash(state: SplashState)

    /** Leave the app for the first of these addresses that the device opens. Main thread. */
    fun openStore(addresses: List<String>)

    /** Tell the page's listeners. Any thread. */
    fun emit(event: String, payload: String, retain: Boolean)

    /** Settle a call. Any thread. */
    fun answer(id: String, answer: String)
}

/** The way to the first page, which is all that a user waits for: what reaches it without JNA fits in here. */
internal fun interface Boot {
    fun launch(facts: HostFacts): PageToShow
}

private class Opened(val plugin: Plugin, val facts: HostFacts) {
    val boot = Boot(plugin::launch)
}

/** One for each process. Nothing here blocks but [attach]. */
class Core private constructor(context: Context) : PluginHost {
    private val device = Device(context)
    private val main = Handler(Looper.getMainLooper())
    private val thread = Executors.newSingleThreadExecutor { daemon("aloft", it) }
    private val timer = Runnable { tell { tick() } }
    private val inLine = AtomicInteger()
    @Volatile private var screen: Screen? = null
    private val opening: Future<Opened> =
        thread.submit(
            Callable {
                device.describe() // before the launch, whose first check reads it (I8)
                Opened(Plugin.open(device.setup(), this), device.facts())
            }
        )

    /** Done once the core was told of this process, by `launch` or by `missed`. Nothing else may reach it before. */
    @Volatile private var told: Future<Opened>? = null

    /** What [screen] shows from here on. Waits for the core, 300 ms at most; throws if it cannot be opened. Main thread. */
    fun attach(screen: Screen): PageToShow {
        this.screen = screen
        val isFirst = told == null
        val page =
            try {
                told?.within()?.plugin?.attached() ?: launch()
            } catch (late: TimeoutException) {
                PageToShow(null, null, null, PageLoad.START)
            }
        tie(page)
        if (isFirst) thread.execute(::prepare)
        return page
    }

    private fun launch(): PageToShow =
        try {
            opening.within().run { boot.launch(facts) }.also { told = opening }
        } catch (late: TimeoutException) {
            told = thread.submit(Callable { opening.get().apply { plugin.missed(facts) } })
            throw late
        }

    private fun Future<Opened>.within() = get(WAIT_MS, TimeUnit.MILLISECONDS)

    /** What takes long has a thread of its own, so that no call waits behind it. */
    private fun prepare() = trying {
        val slow = daemon("aloft-prepare") {
            Process.setThreadPriority(Process.THREAD_PRIORITY_BACKGROUND)
            device.prepare()
        }
        slow.start()
    }

    /** [screen] is gone; without one, events have no listener and nothing is shown. Main thread. */
    fun detach(screen: Screen) {
        if (this.screen === screen) this.screen = null
    }

    /** Do [method]; the screen's `answer` gets [id] back, or [failed] is told why there is no core. Any thread. */
    fun call(id: String, method: String, options: String, failed: (Throwable) -> Unit) =
        whenOpen(failed) { call(id, method, options) }

    fun pageBegan(token: String) = tell { pageBegan(token) }

    fun foreground() = tell { foreground() }

    fun background(how: LeavingHow) = tell { background(how) }

    fun terminating() = tell { terminating() }

    fun renderGone(reason: ExitReason) = tell { renderGone(reason) }

    /** [html] with [script] in it, before any other script. Any thread. */
    fun withScript(html: String, script: String): String = opening.get().plugin.withScript(html, script)

    override fun show(page: PageToShow) {
        tie(page)
        main.post { screen?.show(page) }
    }

    override fun wake(after: ULong) {
        main.removeCallbacks(timer)
        main.postDelayed(timer, after.toLong())
    }

    override fun emit(event: String, payload: String, retain: Boolean) = screen?.emit(event, payload, retain) ?: Unit

    override fun answer(id: String, answer: String) = screen?.answer(id, answer) ?: Unit

    override fun splash(splash: SplashState) {
        main.post { screen?.splash(splash) }
    }

    override fun localTime(time: String): Long? =
        SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT).parse(time)?.let { it.time / 1000 }

    override fun openStore(addresses: List<String>) {
        main.post { screen?.openStore(addresses) }
    }

    // Android lets a process with an Activity work on, and one without is cached or killed as it likes: downloads resume.
    override fun beginWork() = Unit

    override fun endWork() = Unit

    override fun log(level: LogLevel, line: String) {
        if (level == LogLevel.WARNING) Log.w(TAG, line) else Log.i(TAG, line)
    }

    private fun tell(what: Plugin.() -> Unit) = whenOpen({ Log.w(TAG, "the core did not hear of it", it) }, what)

    /** At once if the core was told of this process and nothing is in line; else in line, and the caller goes on. */
    private fun whenOpen(failed: (Throwable) -> Unit, act: Plugin.() -> Unit) {
        val task = Runnable {
            try {
                opening.get().plugin.act()
            } catch (problem: Throwable) {
                failed(problem)
            }
        }
        if (told?.isDone == true && inLine.get() == 0) return task.run()
        inLine.incrementAndGet()
        thread.execute {
            task.run()
            inLine.decrementAndGet()
        }
    }

    /** Before the page is loaded, so that the record of this process's end names it even if the page ends the process at once. */
    private fun tie(page: PageToShow) = page.token?.let(device::tie) ?: Unit

    companion object {
        private const val WAIT_MS = 300L
        @Volatile private var instance: Core? = null

        /** The core of this process; the first call starts to open it. */
        fun of(context: Context): Core =
            instance ?: synchronized(this) { instance ?: Core(context.applicationContext).also { instance = it } }
    }
}

private fun daemon(name: String, work: Runnable) = Thread(work, name).apply { isDaemon = true }

/** Our tag in Logcat. */
const val TAG = "Aloft"
