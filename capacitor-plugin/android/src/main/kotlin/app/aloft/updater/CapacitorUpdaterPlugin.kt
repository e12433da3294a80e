/*
 * The plugin as Capacitor sees it: calls and lifecycle go to the core, answers and events come back.
 *
 * In: calls of the page, the Activity's lifecycle. Out: answers and events. May touch: the bridge.
 * Keeps: I1 (without the core the builtin assets are shown and reads are answered). No type of a newer API level may stand in
 * a signature here: Capacitor reflects on every public method.
 */
package app.aloft.updater

import android.content.Intent
import android.net.Uri
import android.os.SystemClock
import android.util.Log
import app.aloft.Core
import app.aloft.Screen
import app.aloft.TAG
import app.aloft.covered
import com.getcapacitor.JSObject
import com.getcapacitor.PluginCall
import com.getcapacitor.annotation.CapacitorPlugin
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import uniffi.aloft_ffi.LeavingHow
import uniffi.aloft_ffi.PageLoad
import uniffi.aloft_ffi.PageToShow
import uniffi.aloft_ffi.SplashState

/** Of the process: the answer to a call of an Activity that is gone comes to the next one, and is for none of its calls. */
private val ids = AtomicLong()

@CapacitorPlugin(name = "CapacitorUpdater")
class CapacitorUpdaterPlugin : Methods() {
    private var core: Core? = null
    private var hosting: Hosting? = null
    private var screen: Screen? = null
    private val calls = ConcurrentHashMap<String, PluginCall>()

    override fun load() {
        val began = SystemClock.elapsedRealtimeNanos()
        try {
            val core = Core.of(context)
            val hosting = Hosting(bridge, core)
            val screen = Web(hosting)
            val page = core.attach(screen)
            if (page.load != PageLoad.NOTHING) {
                hosting.begin(page)
                this.hosting = hosting
            }
            this.screen = screen
            this.core = core
            Log.i(TAG, "load: ${(SystemClock.elapsedRealtimeNanos() - began) / 1_000_000} ms") // read by the emulator's workflow
        } catch (problem: Throwable) { // a library that is not there is an Error, and Capacitor would let it end the app
            Log.e(TAG, "there is no core; the app shows its builtin web assets", problem)
            forgetStoredPath(context)
        }
    }

    override fun forward(call: PluginCall) {
        // Capacitor 6 keeps the listeners of the page before, and they would eat the events that were kept for this one.
        if (call.methodName == "pageBegan") removeAllListeners(Unanswered("removeAllListeners", JSObject()))
        val core = core ?: return call.answerWithoutCore(context)
        val id = ids.incrementAndGet().toString()
        if (call.callbackId != PluginCall.CALLBACK_ID_DANGLING) calls[id] = call // `pageBegan` wants no answer
        core.call(id, call.methodName, call.data.toString()) { problem ->
            Log.e(TAG, "`${call.methodName}` was not done", problem)
            calls.remove(id)?.answerWithoutCore(context)
        }
    }

    override fun handleOnStart() = hosting?.started() ?: Unit

    override fun handleOnResume() = core?.foreground() ?: Unit

    // A dialogue of the system pauses too. Said early all the same, so that a swipe finds the mark made.
    override fun handleOnPause() = core?.background(LeavingHow.COVERED) ?: Unit

    override fun handleOnStop() {
        if (!activity.isChangingConfigurations && !covered(activity)) core?.background(LeavingHow.APP)
    }

    override fun handleOnDestroy() {
        if (activity.isFinishing) core?.terminating()
        screen?.let { core?.detach(it) }
    }

    private inner class Web(private val hosting: Hosting) : Screen {
        private val splash = Splash(bridge)

        override fun show(page: PageToShow) = hosting.show(page)

        override fun splash(state: SplashState) = splash.become(state)

        override fun openStore(addresses: List<String>) {
            val open = { address: String -> activity.startActivity(Intent(Intent.ACTION_VIEW, Uri.parse(address))) }
            if (addresses.none { runCatching { open(it) }.isSuccess }) Log.w(TAG, "nothing on this device opens $addresses")
        }

        // On the thread of the calls: it is where listeners are added, and their list is not made for two.
        override fun emit(event: String, payload: String, retain: Boolean) =
            bridge.execute { notifyListeners(event, JSObject(payload), retain) }

        override fun answer(id: String, answer: String) {
            val call = calls.remove(id) ?: return
            val settled = JSObject(answer)
            val error = settled.getJSObject("error")
            when {
                error != null -> call.reject(error.getString("message"), error.getString("code"), null, error.getJSObject("data"))
                else -> call.resolve(settled.getJSObject("ok"))
            }
        }
    }
}
