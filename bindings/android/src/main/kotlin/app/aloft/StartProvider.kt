/*
 * Begins to open the core while the system still prepares the first Activity.
 *
 * In: the start of the app's main process, after the first unlock. Out: nothing. May touch: what `Core` touches.
 */
package app.aloft

import android.content.ContentProvider
import android.content.ContentValues
import android.database.Cursor
import android.net.Uri
import android.util.Log

/** Provides no content: the system makes providers before anything else of an app. */
class StartProvider : ContentProvider() {
    override fun onCreate(): Boolean {
        try {
            context?.let(Core::of)
        } catch (problem: Throwable) {
            Log.e(TAG, "the core does not start; the app shows its builtin web assets", problem) // I1
        }
        return true
    }

    override fun query(uri: Uri, columns: Array<String>?, where: String?, values: Array<String>?, order: String?): Cursor? = null

    override fun getType(uri: Uri): String? = null

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun delete(uri: Uri, where: String?, values: Array<String>?) = 0

    override fun update(uri: Uri, content: ContentValues?, where: String?, values: Array<String>?) = 0
}
