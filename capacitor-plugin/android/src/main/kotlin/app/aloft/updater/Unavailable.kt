/*
 * What calls get when there is no core: the app shows its builtin web assets, and nothing can change that.
 *
 * In: a call. Out: its answer. May touch: the app's version. Keeps: I1.
 */
package app.aloft.updater

import android.content.Context
import app.aloft.VERSION
import com.getcapacitor.JSObject
import com.getcapacitor.PluginCall

private const val BUILTIN =
    """{"id":"builtin","version":"builtin","downloaded":"1970-01-01T00:00:00.000Z","checksum":"","status":"success"}"""
private const val PROBLEM = """{"code":"core_unavailable","detail":"the native library could not be loaded"}"""

internal fun PluginCall.answerWithoutCore(context: Context) {
    val native = context.packageManager.getPackageInfo(context.packageName, 0).versionName ?: ""
    val answer =
        when (methodName) {
            "pageBegan" -> return
            "notifyAppReady" -> """{"bundle":$BUILTIN}"""
            "current" -> """{"bundle":$BUILTIN,"native":${JSObject.quote(native)}}"""
            "list" -> """{"bundles":[]}"""
            "getBuiltinVersion" -> """{"version":${JSObject.quote(native)}}"""
            "getPluginVersion" -> """{"version":"$VERSION"}"""
            "getDeviceId" -> """{"deviceId":""}"""
            "isAutoUpdateEnabled", "isShakeMenuEnabled", "isShakeChannelSelectorEnabled" -> """{"enabled":false}"""
            "isAutoUpdateAvailable" -> """{"available":false}"""
            "status" -> """{"current":"builtin","fallback":"builtin","onTrial":false,"channel":"","problems":[$PROBLEM]}"""
            "reports" -> """{"reports":[]}"""
            "acknowledgeReports" -> "{}"
            "getNextBundle", "getFailedUpdate" -> null
            else -> return reject("the native library could not be loaded", "core_unavailable")
        }
    if (answer == null) resolve() else resolve(JSObject(answer))
}
