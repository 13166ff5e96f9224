// swift-tools-version:6.2
import PackageDescription

// The arrows of the house (ARCHITECTURE.md) are stated here and nowhere else: a target can import
// only what its line names, and `scripts/check` builds with the import check that enforces it.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

/// A target of ours: Swift 6 mode, every warning an error.
func target(_ name: String, _ path: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, path: path, resources: resources, swiftSettings: settings)
}

/// A C library of the system: a module map, a shim for what Swift cannot import, and the Debian package.
func native(_ name: String, _ path: String, _ pkgConfig: String, _ debian: String) -> Target {
    .systemLibrary(name: name, path: path, pkgConfig: pkgConfig, providers: [.apt([debian])])
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", resources: resources, swiftSettings: settings)
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1"].map { .product(name: $0, package: "swift-nio") }
let webSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let nioHTTPTypes: [Target.Dependency] = ["NIOHTTPTypes", "NIOHTTPTypesHTTP1"].map { .product(name: $0, package: "swift-nio-extras") }
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: [Target.Dependency] = [
    .product(name: "Hummingbird", package: "hummingbird"),
    .product(name: "HummingbirdCore", package: "hummingbird"),
]
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "ringlink",
    products: [.executable(name: "ringlink", targets: ["Ringlink"]), .executable(name: "ringlink-bench", targets: ["Bench"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // MARK: Domain
        target("Domain", "Sources/Domain", [crypto]),

        // MARK: API wing
        native("CLibPQ", "Sources/API/Native/LibPQ/CLibPQ", "libpq", "libpq-dev"),
        target("LibPQ", "Sources/API/Native/LibPQ/LibPQ", ["CLibPQ"]),
        // C++ without a .pc file (Debian: libphonenumber-dev): a target of its own instead of a module map.
        .target(
            name: "CPhoneNumber", path: "Sources/API/Native/PhoneNumber/CPhoneNumber", linkerSettings: [.linkedLibrary("phonenumber")]),
        target("PhoneNumber", "Sources/API/Native/PhoneNumber/PhoneNumber", ["CPhoneNumber", "Domain"]),
        native("CLibCurl", "Sources/API/Native/LibCurl/CLibCurl", "libcurl", "libcurl4-openssl-dev"),
        target("LibCurl", "Sources/API/Native/LibCurl/LibCurl", ["CLibCurl", "Domain"]),
        native("CQREncode", "Sources/API/Native/QREncode/CQREncode", "libqrencode", "libqrencode-dev"),
        target("QREncode", "Sources/API/Native/QREncode/QREncode", ["CQREncode"]),
        native("CLibPNG", "Sources/API/Native/LibPNG/CLibPNG", "libpng", "libpng-dev"),
        target("LibPNG", "Sources/API/Native/LibPNG/LibPNG", ["CLibPNG"]),
        native("CZlib", "Sources/API/Native/Zlib/CZlib", "zlib", "zlib1g-dev"),
        target("Zlib", "Sources/API/Native/Zlib/Zlib", ["CZlib"]),
        target("Store", "Sources/API/Store", ["Domain", "LibPQ", crypto, logging], resources: [.embedInCode("Migrations")]),
        target("Webhooks", "Sources/API/Webhooks", ["Domain", "Store", "LibCurl", logging, lifecycle]),
        target(
            "API", "Sources/API/Server",
            [
                "Domain", "Store", "Webhooks", "PhoneNumber", "QREncode", "LibPNG", "Zlib", crypto, logging, lifecycle, webSocket, nioSSL,
                httpTypes, hummingbirdTLS, httpClient, yams,
            ] + nio
                + nioHTTPTypes
                + hummingbird,
            resources: [.embedInCode("Web")]),

        // MARK: Bridge wing, pure
        target("SIP", "Sources/Bridge/SIP", [crypto]),
        target("SDP", "Sources/Bridge/SDP"),
        target("RTP", "Sources/Bridge/RTP"),
        target("ICE", "Sources/Bridge/ICE", [crypto]),
        target("Media", "Sources/Bridge/Media", ["SDP", "RTP", "ICE"]),

        // MARK: Bridge wing, native
        native("COpenSSL", "Sources/Bridge/Native/OpenSSL/COpenSSL", "openssl", "libssl-dev"),
        target("OpenSSLDTLS", "Sources/Bridge/Native/OpenSSL/OpenSSLDTLS", ["COpenSSL", "Media", "RTP"]),
        native("CLibSRTP", "Sources/Bridge/Native/LibSRTP/CLibSRTP", "libsrtp2", "libsrtp2-dev"),
        target("LibSRTP", "Sources/Bridge/Native/LibSRTP/LibSRTP", ["CLibSRTP", "RTP"]),
        native("CLibOpus", "Sources/Bridge/Native/LibOpus/CLibOpus", "opus", "libopus-dev"),
        target("LibOpus", "Sources/Bridge/Native/LibOpus/LibOpus", ["CLibOpus", "Media"]),
        native("CSpanDSP", "Sources/Bridge/Native/SpanDSP/CSpanDSP", "spandsp", "libspandsp-dev"),
        target("SpanDSP", "Sources/Bridge/Native/SpanDSP/SpanDSP", ["CSpanDSP", "Media"]),
        native("CSpeexDSP", "Sources/Bridge/Native/SpeexDSP/CSpeexDSP", "speexdsp", "libspeexdsp-dev"),
        target("SpeexDSP", "Sources/Bridge/Native/SpeexDSP/SpeexDSP", ["CSpeexDSP"]),
        .target(name: "CLinux", path: "Sources/Bridge/Native/Linux/CLinux"),
        target("Linux", "Sources/Bridge/Native/Linux/Linux", ["CLinux"]),

        // MARK: Bridge wing, runtime
        target(
            "Bridge", "Sources/Bridge/Runtime",
            [
                "Domain", "SIP", "SDP", "RTP", "ICE", "Media", "OpenSSLDTLS", "LibSRTP", "LibOpus", "SpanDSP", "SpeexDSP", "Linux", crypto, logging,
                lifecycle, signals, httpTypes,
            ] + nio + hummingbird),

        // MARK: Tests
        .target(name: "VirtualNetwork", path: "Tests/VirtualNetwork", swiftSettings: settings),
        .target(name: "VirtualBrowser", dependencies: ["Media", "RTP", "ICE"], path: "Tests/VirtualBrowser", swiftSettings: settings),
        tests("VirtualNetworkTests", ["VirtualNetwork"]),
        tests("DomainTests", ["Domain", crypto]),
        tests("SIPTests", ["SIP", "VirtualNetwork", crypto]),
        tests("SDPTests", ["SDP"], resources: [.copy("Fixtures")]),
        tests("RTPTests", ["RTP"]),
        tests("ICETests", ["ICE", crypto]),
        tests("MediaTests", ["Media", "SDP", "RTP", "ICE", "LibOpus", "VirtualBrowser", "VirtualNetwork"]),
        tests("NativeTests", ["OpenSSLDTLS", "LibSRTP", "LibOpus", "SpanDSP", "SpeexDSP", "Linux", "Media", "RTP"]),
        tests(
            "BridgeTests",
            [
                "Bridge", "Domain", "SIP", "Media", "RTP", "ICE", "OpenSSLDTLS", "LibSRTP", "LibOpus", "VirtualBrowser", "VirtualNetwork", crypto,
                logging,
            ]),
        tests("PhoneNumberTests", ["PhoneNumber", "Domain"]),
        tests("StoreTests", ["Store", "LibPQ", "Domain", logging]),
        tests("WebhooksTests", ["Webhooks", "LibCurl", "Domain", logging, nioSSL] + nio),
        .executableTarget(
            name: "Bench",
            dependencies: [
                "SIP", "SDP", "RTP", "ICE", "Media", "OpenSSLDTLS", "LibSRTP", "LibOpus", "LibPQ", "Linux", arguments, webSocket, httpClient,
            ] + nio,
            path: "Tests/Bench", swiftSettings: settings),
        tests("BenchTests", ["Bench", "LibOpus", "Media"]),
        tests(
            "APITests",
            [
                "API", "Store", "Domain", "QREncode", crypto, logging, lifecycle, httpTypes, httpClient, yams,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ] + nio
                + hummingbird),

        // MARK: Composition
        .executableTarget(
            name: "Ringlink",
            dependencies: [
                "Domain", "API", "Store", "Bridge", "Linux", arguments, logging, lifecycle, signals, crypto, httpClient, nioSSL, nio[0], nio[2],
            ], path: "Sources/Ringlink", swiftSettings: settings),
    ],
    cxxLanguageStandard: .cxx17
)
