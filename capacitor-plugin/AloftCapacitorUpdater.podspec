require 'json'

package = JSON.parse(File.read(File.join(__dir__, 'package.json')))

Pod::Spec.new do |s|
  s.name = 'AloftCapacitorUpdater'
  s.version = package['version']
  s.summary = package['description']
  s.license = package['license']
  s.homepage = 'https://www.npmjs.com/package/@aloft/capacitor-updater'
  s.author = 'Aloft'
  s.source = { :path => '.' } # it comes in the npm package, never from a pod server
  s.source_files = 'ios/Sources/**/*.swift'
  s.resource_bundles = { 'AloftCapacitorUpdaterPrivacy' => ['ios/Sources/AloftCapacitorUpdater/PrivacyInfo.xcprivacy'] }
  s.vendored_frameworks = 'ios/Frameworks/AloftFFI.xcframework'
  s.ios.deployment_target = '15.0' # as the library is built, and as Package.swift says
  s.frameworks = 'Security' # the Keychain, which the library calls
  s.static_framework = true
  s.swift_version = '5.9'
  s.dependency 'Capacitor'
end
