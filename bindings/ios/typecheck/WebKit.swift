// WebKit as far as the plugin uses it, after Apple's documentation. For type-checking where there is no Xcode; never built in.
// In: nothing. Out: declarations. May touch: nothing.
@_exported import UIKit
#if canImport(FoundationNetworking)
@_exported import FoundationNetworking
#endif

public final class WKNavigation: NSObject {}

public enum WKUserScriptInjectionTime: Int, Sendable { case atDocumentStart, atDocumentEnd }

@MainActor
public final class WKUserScript: NSObject {
    public init(source: String, injectionTime: WKUserScriptInjectionTime, forMainFrameOnly: Bool) { fatalError() }
    public var source: String { fatalError() }
}

@MainActor
public final class WKUserContentController: NSObject {
    public var userScripts: [WKUserScript] { fatalError() }
    public func addUserScript(_ userScript: WKUserScript) { fatalError() }
    public func removeAllUserScripts() { fatalError() }
}

@MainActor
public final class WKWebViewConfiguration: NSObject {
    public var userContentController: WKUserContentController { fatalError() }
}

@MainActor
open class WKWebView: UIView {
    public var configuration: WKWebViewConfiguration { fatalError() }
    public var url: URL? { fatalError() }
    public func load(_ request: URLRequest) -> WKNavigation? { fatalError() }
}
