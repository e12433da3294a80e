// UIKit as far as the plugin uses it, after Apple's documentation. For type-checking where there is no Xcode; never built in.
// In: nothing. Out: declarations. May touch: nothing.
@_exported import Foundation

public struct UIBackgroundTaskIdentifier: Equatable, Sendable {
    public static let invalid = UIBackgroundTaskIdentifier()
}

@MainActor
public final class UIApplication: NSObject {
    public enum State: Int, Sendable { case active, inactive, background }

    public class var shared: UIApplication { fatalError() }
    public var applicationState: State { fatalError() }
    public var connectedScenes: Set<UIScene> { fatalError() }
    public func beginBackgroundTask(
        withName name: String?, expirationHandler: (@MainActor @Sendable () -> Void)? = nil
    ) -> UIBackgroundTaskIdentifier { fatalError() }
    public func open(
        _ url: URL, options: [String: Any] = [:], completionHandler: (@MainActor @Sendable (Bool) -> Void)? = nil
    ) { fatalError() }
    public func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) { fatalError() }

    nonisolated public static let didBecomeActiveNotification = Notification.Name("")
    nonisolated public static let willResignActiveNotification = Notification.Name("")
    nonisolated public static let didEnterBackgroundNotification = Notification.Name("")
    nonisolated public static let willTerminateNotification = Notification.Name("")
}

@MainActor
open class UIScene: NSObject {
    public enum ActivationState: Int, Sendable { case unattached = -1, foregroundActive, foregroundInactive, background }

    public var activationState: ActivationState { fatalError() }
    public var session: UISceneSession { fatalError() }
}

@MainActor
public final class UISceneSession: NSObject {
    public struct Role: Equatable, Sendable {
        public static let windowApplication = Role()
    }

    public var role: Role { fatalError() }
}

@MainActor
open class UIView: NSObject {
    public var bounds: CGRect { fatalError() }
    public var center: CGPoint { get { fatalError() } set { fatalError() } }
    public func addSubview(_ view: UIView) { fatalError() }
    public func removeFromSuperview() { fatalError() }
}

@MainActor
public final class UIActivityIndicatorView: UIView {
    public enum Style: Int, Sendable { case medium = 100, large = 101 }

    public init(style: Style) { fatalError() }
    public func startAnimating() { fatalError() }
}

@MainActor
open class UIViewController: NSObject {
    public var view: UIView! { fatalError() }
}
