/*
 * A publisher's site and what a device has from it, made by the command line of this checkout.
 *
 * In: nothing. Out: builtin assets, an update, the data folder of a device that has installed it. May touch: a temporary
 * folder, loopback. Made once for all tests.
 */
package app.aloft.updater

import java.io.BufferedReader
import java.io.File
import java.nio.file.Files
import org.json.JSONObject

const val UPDATE = "<html><head></head>UPDATE<script>notifyAppReady()</script></html>"

object Site {
    private val folder = Files.createTempDirectory("site").toFile()
    val builtin = File(folder, "www").apply { mkdir() }
    private val server: BufferedReader
    val url: String
    val key: String

    init {
        File(builtin, "index.html").writeText(BUILTIN)
        val update = File(folder, "update").apply { mkdir() }
        File(update, "index.html").writeText(UPDATE)
        aloft("init", "--app", APP, "--site", "site")
        key = aloft("keys", "new").getJSONObject("signing").getString("public_key")
        aloft("bundle", builtin.path, "--builtin")
        aloft("publish", update.path, "--version", "1.1.0", "--over-builtin", "--yes")
        val serving = start("serve", "site", "--listen", "127.0.0.1:0")
        Runtime.getRuntime().addShutdownHook(Thread {
            serving.destroy()
            folder.deleteRecursively()
        })
        server = serving.inputStream.bufferedReader()
        url = JSONObject(server.readLine()).getString("url")
    }

    /** The plugin's config of an app that trusts this site. */
    fun config(more: String = "") = """{"feed":"$url","signingKeys":["$key"]$more}"""

    /** As if the update had been installed in the process before: it is `next`. */
    fun installInto(data: File) {
        val device = Files.createTempDirectory("device").toFile()
        val on = arrayOf("--platform", "android", "--build", "1", "--build-name", "1.0")
        aloft("device", "--data", device.path, "init", "--app", APP, "--feed", url, "--key", key, "--builtin", builtin.path, *on)
        check(aloft("device", "--data", device.path, "update").getString("status") == "staged")
        File(device, "data").copyRecursively(data, overwrite = true)
        File(device, "secrets").copyRecursively(File(data, "secrets"), overwrite = true)
        device.deleteRecursively()
    }

    private fun aloft(vararg words: String): JSONObject {
        val process = start(*words)
        val text = process.inputStream.bufferedReader().readText()
        check(process.waitFor() == 0) { "${words.toList()}: $text" }
        return JSONObject(text)
    }

    private fun start(vararg words: String) =
        ProcessBuilder(System.getProperty("aloft"), *words, "--json").directory(folder).redirectError(ProcessBuilder.Redirect.INHERIT).start()
}
