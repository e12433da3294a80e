// The system's leave to go on after the app left the foreground.
// In: begin and end of the core's work. Out: a background task of UIKit. May touch: `UIApplication`, on the main thread.
// Keeps: each task that begins ends, or the system ends the app.
import UIKit

final class BackgroundTask: Assertion, @unchecked Sendable {
    @MainActor private var task = UIBackgroundTaskIdentifier.invalid

    func begin(expiring: @escaping @Sendable () -> Void) {
        onMain {
            self.over()
            // Called a few seconds before the system suspends the app.
            self.task = UIApplication.shared.beginBackgroundTask(withName: "Aloft") {
                expiring()
                self.over()
            }
        }
    }

    func end() {
        onMain { self.over() }
    }

    @MainActor
    private func over() {
        guard task != .invalid else { return }
        UIApplication.shared.endBackgroundTask(task)
        task = .invalid
    }

    private func onMain(_ act: @escaping @MainActor @Sendable () -> Void) {
        DispatchQueue.main.async { MainActor.assumeIsolated(act) }
    }
}
