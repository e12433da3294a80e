// Capacitor's iOS API as far as the plugin uses it. For type-checking where there is no Xcode; never built in.
// In: nothing. Out: declarations. May touch: nothing. Each line that declares something names the file of Capacitor that says so
// after `//=`, and behind a bar the text that is there, if it says it in other words. compare.mjs checks it for 6, 7 and 8.
@_exported import WebKit

#if !canImport(ObjectiveC)
public struct Selector: Sendable {}

public func NSSelectorFromString(_ name: String) -> Selector { fatalError() }
#endif

public protocol JSValue {} //= JSTypes.swift
public typealias JSObject = [String: JSValue] //= JSTypes.swift
public typealias PluginCallResultData = [String: Any] //= PluginCallResult.swift
public let CAPPluginReturnNone = "none" //= CAPBridgedPlugin.h | #define CAPPluginReturnNone @"none"
public let CAPPluginReturnPromise = "promise" //= CAPBridgedPlugin.h | #define CAPPluginReturnPromise @"promise"

public final class CAPPluginMethod: NSObject { //= CAPPluginMethod.h | @interface CAPPluginMethod : NSObject
    //= CAPPluginMethod.h | typedef NSString CAPPluginReturnType;
    //= CAPPluginMethod.h | - (instancetype)initWithName:(NSString *)name returnType:(CAPPluginReturnType *)returnType;
    public init!(name: String!, returnType: String!) { fatalError() }
}

public protocol CAPBridgedPlugin: NSObjectProtocol { //= CAPBridgedPlugin.h | @protocol CAPBridgedPlugin <NSObject>
    var identifier: String { get } //= CAPBridgedPlugin.h | @property (nonnull, readonly) NSString *identifier;
    var jsName: String { get } //= CAPBridgedPlugin.h | @property (nonnull, readonly) NSString *jsName;
    var pluginMethods: [CAPPluginMethod] { get } //= CAPBridgedPlugin.h | @property (nonnull, readonly) NSArray<CAPPluginMethod *> *pluginMethods;
}

open class CAPPlugin: NSObject { //= CAPPlugin.h | @interface CAPPlugin : NSObject
    public weak var webView: WKWebView? //= CAPPlugin.h | @property (nonatomic, weak, nullable) WKWebView *webView;
    public weak var bridge: CAPBridgeProtocol? //= CAPPlugin.h | @property (nonatomic, weak, nullable) id<CAPBridgeProtocol> bridge;
    //= CAPPlugin.h | @property (nonatomic, strong, nullable) NSMutableDictionary<NSString *, NSMutableArray<CAPPluginCall *>*> *eventListeners;
    public var eventListeners: NSMutableDictionary?
    open func load() {} //= CAPPlugin.h | -(void)load;
    //= CAPPlugin.h | - (void)notifyListeners:(NSString* _Nonnull)eventName data:(NSDictionary<NSString *, id>* _Nullable)data retainUntilConsumed:(BOOL)retain;
    open func notifyListeners(_ eventName: String, data: [String: Any]?, retainUntilConsumed retain: Bool) {}

    #if !canImport(ObjectiveC)
    public func responds(to selector: Selector!) -> Bool { fatalError() }
    public func perform(_ selector: Selector!, with object: Any!) -> Unmanaged<AnyObject>! { fatalError() }
    #endif
}

public final class InstanceConfiguration: NSObject { //= CAPInstanceConfiguration.h | NS_SWIFT_NAME(InstanceConfiguration)
    public var localURL: URL { fatalError() } //= CAPInstanceConfiguration.h | @property (nonatomic, readonly, nonnull) NSURL *localURL;
    public var appLocation: URL { fatalError() } //= CAPInstanceConfiguration.h | @property (nonatomic, readonly, nonnull) NSURL *appLocation;
    public var appStartServerURL: URL { fatalError() } //= CAPInstanceConfiguration.swift | @objc public var appStartServerURL: URL {
}

public protocol CAPBridgeProtocol: NSObjectProtocol { //= CAPBridgeProtocol.swift | @objc public protocol CAPBridgeProtocol: NSObjectProtocol {
    var viewController: UIViewController? { get } //= CAPBridgeProtocol.swift
    var config: InstanceConfiguration { get } //= CAPBridgeProtocol.swift
    func plugin(withName: String) -> CAPPlugin? //= CAPBridgeProtocol.swift
    func setServerBasePath(_ path: String) //= CAPBridgeProtocol.swift
}

open class CapacitorBridge: NSObject, CAPBridgeProtocol { //= CapacitorBridge.swift | open class CapacitorBridge: NSObject, CAPBridgeProtocol {
    open private(set) var dispatchQueue = DispatchQueue(label: "bridge") //= CapacitorBridge.swift
    public var viewController: UIViewController? { fatalError() } //= CapacitorBridge.swift | public var viewController: UIViewController? {
    public var config: InstanceConfiguration { fatalError() } //= CapacitorBridge.swift | public var config: InstanceConfiguration
    public func plugin(withName: String) -> CAPPlugin? { fatalError() } //= CapacitorBridge.swift | public func plugin(withName: String) -> CAPPlugin? {
    public func setServerBasePath(_ path: String) {} //= CapacitorBridge.swift | public func setServerBasePath(_ path: String) {
}

public final class CAPPluginCallResult: NSObject {} //= PluginCallResult.swift | @objc public class CAPPluginCallResult: NSObject {
public final class CAPPluginCallError: NSObject {} //= PluginCallResult.swift | @objc public class CAPPluginCallError: NSObject {
//= CAPPluginCall.h | typedef void(^CAPPluginCallSuccessHandler)(CAPPluginCallResult *result, CAPPluginCall* call);
public typealias CAPPluginCallSuccessHandler = (CAPPluginCallResult?, CAPPluginCall?) -> Void
//= CAPPluginCall.h | typedef void(^CAPPluginCallErrorHandler)(CAPPluginCallError *error);
public typealias CAPPluginCallErrorHandler = (CAPPluginCallError?) -> Void

public final class CAPPluginCall: NSObject { //= CAPPluginCall.h | @interface CAPPluginCall : NSObject
    //= CAPPluginCall.h | - (instancetype)initWithCallbackId:(NSString *)callbackId methodName:(NSString *)methodName options:(NSDictionary *)options success:(CAPPluginCallSuccessHandler)success error:(CAPPluginCallErrorHandler)error;
    public init!(
        callbackId: String!, methodName: String!, options: [AnyHashable: Any]!,
        success: CAPPluginCallSuccessHandler!, error: CAPPluginCallErrorHandler!
    ) { fatalError() }
    public var callbackId: String! //= CAPPluginCall.h | @property (nonatomic, strong) NSString *callbackId;
    public var methodName: String! //= CAPPluginCall.h | @property (nonatomic, strong) NSString *methodName;
    public var jsObjectRepresentation: JSObject { fatalError() } //= CAPPluginCall.swift | public var jsObjectRepresentation: JSObject {
    public func resolve() {} //= CAPPluginCall.swift | func resolve() {
    public func resolve(_ data: PluginCallResultData = [:]) {} //= CAPPluginCall.swift | func resolve(_ data: PluginCallResultData = [:]) {
    //= CAPPluginCall.swift | func reject(_ message: String, _ code: String? = nil, _ error: Error? = nil, _ data: PluginCallResultData? = nil) {
    public func reject(_ message: String, _ code: String? = nil, _ error: Error? = nil, _ data: PluginCallResultData? = nil) {}
}

public class KeyValueStore { //= KeyValueStore.swift
    nonisolated(unsafe) public static let standard = KeyValueStore() //= KeyValueStore.swift | public static let standard = KeyValueStore(type: .persistent(suiteName: "standard"))
    //= KeyValueStore.swift | public subscript<T> (_ key: String, as type: T.Type = T.self) -> T? where T: Codable {
    public subscript<T>(_ key: String, as type: T.Type = T.self) -> T? where T: Codable { get { fatalError() } set { fatalError() } }
}
