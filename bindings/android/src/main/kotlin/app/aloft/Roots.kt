/*
 * The certificates that the system trusts, as a file for the core's TLS.
 *
 * In: the key store `AndroidCAStore`. Out: one PEM file, written only when it changes. May touch: that file.
 */
package app.aloft

import android.util.Base64
import java.io.File
import java.security.KeyStore

/** `system:` without what the user removed; never `user:`, as for every app that does not ask for it. */
internal fun writeRoots(file: File) {
    val store = KeyStore.getInstance("AndroidCAStore").apply { load(null) }
    val ours = store.aliases().toList().filter { it.startsWith("system:") }.sorted()
    val pem =
        ours.mapNotNull(store::getCertificate).joinToString("") {
            val text = Base64.encodeToString(it.encoded, Base64.DEFAULT)
            "-----BEGIN CERTIFICATE-----\n$text-----END CERTIFICATE-----\n"
        }
    if (pem.isNotEmpty() && (!file.exists() || file.readText() != pem)) file.replaceWith(pem)
}
