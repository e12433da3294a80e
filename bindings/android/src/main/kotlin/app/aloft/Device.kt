/*
 * What the core wants to know of the app and of the device.
 *
 * In: the app's context. Out: setup and facts; the files it needs beside them. May touch: assets, package data, system settings
 * and properties; `noBackupFilesDir/aloft-host`. Nothing here throws but what a broken system throws.
 */
package app.aloft

import android.annotation.SuppressLint
import android.app.Activity
import android.app.ActivityManager
import android.content.Context
import android.content.pm.PackageInfo
import android.os.Build
import android.provider.Settings
import android.util.Log
import androidx.core.content.pm.PackageInfoCompat
import androidx.webkit.WebViewCompat
import java.io.File
import java.io.FileNotFoundException
import java.io.IOException
import uniffi.aloft_ffi.HostFacts
import uniffi.aloft_ffi.HostSetup
import uniffi.aloft_ffi.PagePlatform

private const val DESCRIPTION = "aloft-builtin.json"
private const val WEEK = 7 * 24 * 3600 * 1000L
private const val BOOT_ID = "/proc/sys/kernel/random/boot_id"

internal class Device(private val context: Context) {
    private val folder = File(context.noBackupFilesDir, "aloft-host")
    private val roots = File(folder, "roots.pem")
    private val rootsOf = File(folder, "roots.of")

    @SuppressLint("HardwareIds") // the core only ever uses it hashed with the app's id (I12)
    fun setup() =
        HostSetup(
            capacitorConfig = asset("capacitor.config.json") ?: "{}",
            nativeAppId = context.packageName,
            platform = PagePlatform.ANDROID,
            pluginVersion = VERSION,
            data = File(context.noBackupFilesDir, "aloft").path,
            builtin = folder.path,
            assets = packages(),
            tlsRoots = roots.path,
            proxy = proxy(),
            proxyExcept = System.getProperty("https.nonProxyHosts"),
            stableId = Settings.Secure.getString(context.contentResolver, Settings.Secure.ANDROID_ID),
        )

    fun facts(): HostFacts {
        val app = installed()
        return HostFacts(
            buildCode = PackageInfoCompat.getLongVersionCode(app).toString(),
            buildName = app.versionName ?: "",
            builtinRoot = builtinRoot(),
            platform = PagePlatform.ANDROID,
            os = Build.VERSION.RELEASE,
            osBuild = Build.VERSION.INCREMENTAL,
            webview = WebViewCompat.getCurrentWebViewPackage(context)?.versionName,
            fingerprint = null,
            bootSession = if (File(BOOT_ID).canRead()) null else "boot ${bootCount()}",
            foreground = true, // it is asked for when an Activity starts
            exits = if (Build.VERSION.SDK_INT >= 30) Exits.of(context) else emptyList(),
            lowMemoryKillsReported = Build.VERSION.SDK_INT >= 30 && Exits.tellLowMemory(),
        )
    }

    /** Put the description of the builtin assets where the worker reads it, if the app is another one than the last time. */
    fun describe() = trying {
        folder.mkdirs()
        copyDescription()
    }

    /**
     * Write the system's trusted roots if the app or the system is another one than the last time, or a week has passed: the system
     * also renews them by itself, and a user may remove one. Slow.
     */
    fun prepare() = trying {
        val of = "${Build.FINGERPRINT} ${installed().lastUpdateTime}"
        val isCurrent = roots.exists() && rootsOf.exists() && rootsOf.readText() == of
        if (!isCurrent || System.currentTimeMillis() - rootsOf.lastModified() !in 0..WEEK) {
            writeRoots(roots)
            rootsOf.replaceWith(of)
        }
    }

    /** Let the record of this process's end name [token]. */
    fun tie(token: String) {
        if (Build.VERSION.SDK_INT >= 30) trying { Exits.tie(context, token) }
    }

    private fun copyDescription() {
        val target = File(folder, DESCRIPTION)
        val since = installed().lastUpdateTime / 1000 * 1000 // some file systems keep whole seconds
        if (target.exists() && target.lastModified() == since) return
        val text = asset("public/$DESCRIPTION")
        if (text == null) target.delete() else target.replaceWith(text)
        target.setLastModified(since)
    }

    /** Null if the build wrote none; empty if it is there and cannot be read, for that is not the same. */
    private fun builtinRoot(): String? =
        try {
            asset("public/aloft-builtin.root")
        } catch (unreadable: IOException) {
            ""
        }

    /** Android says of an asset that cannot be opened that it is not found; its list of names tells. */
    private fun asset(path: String): String? =
        try {
            context.assets.open(path).bufferedReader().use { it.readText() }
        } catch (missing: FileNotFoundException) {
            val names = context.assets.list(path.substringBeforeLast('/', "")).orEmpty()
            if (path.substringAfterLast('/') in names) throw missing
            null
        }

    /** Set by the system for each process before any of its code runs. */
    private fun proxy(): String? {
        val host = System.getProperty("https.proxyHost")?.ifEmpty { null } ?: return null
        return "http://$host:${System.getProperty("https.proxyPort") ?: "443"}"
    }

    /** The app's package and the parts it was split into: the web assets are read where they lie. */
    private fun packages() = context.applicationInfo.run { listOfNotNull(sourceDir) + splitSourceDirs.orEmpty() }

    private fun bootCount() = Settings.Global.getInt(context.contentResolver, "boot_count", 0) // API 24, 0 before

    private fun installed(): PackageInfo = context.packageManager.getPackageInfo(context.packageName, 0)
}

/** Is another screen on top of [activity] in its own task: camera, file picker, custom tab? */
fun covered(activity: Activity): Boolean =
    runCatching { // API 22 does not tell, and a task may be gone
        val tasks = (activity.getSystemService(Context.ACTIVITY_SERVICE) as ActivityManager).appTasks
        @Suppress("DEPRECATION") // its successor is of API 29
        val top = tasks.first { it.taskInfo.id == activity.taskId }.taskInfo.topActivity
        top != null && top.className != activity.javaClass.name
    }.getOrDefault(false)

/** Whole or not at all, also if the process ends meanwhile. */
internal fun File.replaceWith(text: String) {
    val part = File("$path.part")
    part.writeText(text)
    if (!part.renameTo(this)) part.delete()
}

/** Whatever is thrown, an `Error` too: on a thread of ours it would end the app (I1). */
internal fun trying(what: () -> Unit) =
    try {
        what()
    } catch (problem: Throwable) {
        Log.w(TAG, "the app and its updates will do without it", problem)
        Unit
    }
