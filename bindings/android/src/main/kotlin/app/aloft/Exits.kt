/*
 * How earlier processes of the app ended (API 30 and later).
 *
 * In: the system's exit records. Out: those that a page's token was tied to. May touch: the activity manager.
 * A class of its own, so that no older system ever looks at these types.
 */
package app.aloft

import android.app.ActivityManager
import android.content.Context
import androidx.annotation.RequiresApi
import uniffi.aloft_ffi.ExitReason.*
import uniffi.aloft_ffi.PageExit

@RequiresApi(30)
internal object Exits {
    fun of(context: Context): List<PageExit> =
        manager(context).getHistoricalProcessExitReasons(context.packageName, 0, MOST).mapNotNull { record ->
            val token = record.processStateSummary ?: return@mapNotNull null
            PageExit(String(token), BY_REASON.getOrElse(record.reason) { UNKNOWN })
        }

    fun tie(context: Context, token: String) = manager(context).setProcessStateSummary(token.toByteArray())

    fun tellLowMemory() = ActivityManager.isLowMemoryKillReportSupported()

    private fun manager(context: Context) = context.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager

    private const val MOST = 16 // as many as a system keeps of one app

    /** By the numbers of `ApplicationExitInfo.REASON_…`, 0 to 16; 13 is "other". */
    private val BY_REASON =
        arrayOf(
            UNKNOWN, SELF_EXIT, SIGNALED, LOW_MEMORY, CRASH, NATIVE_CRASH, ANR, INIT_FAILURE, PERMISSION_CHANGED, EXCESSIVE_RESOURCES,
            USER_REQUESTED, USER_STOPPED, DEPENDENCY_DIED, UNKNOWN, FREEZER, PACKAGE_STATE_CHANGED, PACKAGE_UPDATED,
        )
}
