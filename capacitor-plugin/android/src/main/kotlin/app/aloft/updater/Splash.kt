/*
 * The splash screen of the app's `SplashScreen` plugin, and a wheel on top of it.
 *
 * In: a state. Out: calls of that plugin. May touch: the Activity's view. Main thread.
 */
package app.aloft.updater

import android.view.Gravity
import android.view.View
import android.view.ViewGroup
import android.widget.FrameLayout
import android.widget.ProgressBar
import com.getcapacitor.Bridge
import com.getcapacitor.JSObject
import com.getcapacitor.PluginCall
import uniffi.aloft_ffi.SplashState

private const val PLUGIN = "SplashScreen"

internal class Splash(private val bridge: Bridge) {
    private var wheel: View? = null

    fun become(state: SplashState) {
        wheel?.let { (it.parent as? ViewGroup)?.removeView(it) }
        wheel = null
        if (bridge.getPlugin(PLUGIN) == null) return
        val (method, options) = if (state == SplashState.HIDDEN) "hide" to JSObject() else "show" to JSObject().put("autoHide", false)
        bridge.callPluginMethod(PLUGIN, method, Unanswered(method, options))
        if (state == SplashState.SHOWN_WITH_LOADER) wheel = turningWheel()
    }

    private fun turningWheel(): View {
        val size = ViewGroup.LayoutParams.WRAP_CONTENT
        return ProgressBar(bridge.activity).also {
            bridge.activity.addContentView(it, FrameLayout.LayoutParams(size, size, Gravity.CENTER))
        }
    }
}

/** A call that no page made. */
internal class Unanswered(method: String, options: JSObject) : PluginCall(null, PLUGIN, CALLBACK_ID_DANGLING, method, options) {
    override fun resolve() = Unit

    override fun resolve(data: JSObject?) = Unit

    override fun errorCallback(message: String?) = Unit

    override fun reject(message: String?, code: String?, problem: Exception?, data: JSObject?) = Unit
}
