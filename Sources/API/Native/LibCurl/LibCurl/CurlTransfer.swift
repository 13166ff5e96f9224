internal import CLibCurl
import Domain
import Glibc

/// One message under way: the only owner of its `CURL` handle and of everything that the handle points to.
final class CurlTransfer {
    let handle: UnsafeMutableRawPointer
    let ticket: UInt64
    let waiter: Waiter

    private let policy: EgressPolicy
    private let isEncrypted: Bool
    private let bodyLimit: Int
    private let message: UnsafeMutableBufferPointer<UInt8>
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var body: [UInt8] = []
    private var isCut = false
    private var headBytes = 0
    private var hasRefused = false
    private var hasConnected = false

    /// Heads of an answer, all together; libcurl itself would keep more.
    private static let headLimit = 65_536

    /// `nil` if the message cannot be sent as it is.
    init?(_ post: HTTPPost, _ configuration: CurlClient.Configuration, ticket: UInt64, waiter: Waiter) {
        let isEncrypted = post.url.utf8.prefix(8).map { $0 | 0x20 } == Array("https://".utf8)
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.ticket = ticket
        self.waiter = waiter
        self.isEncrypted = isEncrypted
        policy = configuration.policy
        bodyLimit = configuration.bodyLimit
        message = .allocate(capacity: max(1, post.body.count))
        _ = message.update(fromContentsOf: post.body)
        guard Self.areSendable(post.headers), setHeaders(post.headers), set(post, configuration) else { return nil }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headers)
        message.deallocate()
    }

    private static func areSendable(_ headers: [(name: String, value: String)]) -> Bool {
        headers.allSatisfy { header in
            !header.name.isEmpty && !header.name.utf8.contains(UInt8(ascii: ":"))
                && (header.name + header.value).utf8.allSatisfy { (0x20...0x7E).contains($0) }
        }
    }

    private func setHeaders(_ list: [(name: String, value: String)]) -> Bool {
        // An empty `Expect` keeps libcurl from asking first whether it may send.
        for line in list.map({ "\($0.name): \($0.value)" }) + ["Expect:", "Accept: */*"] {
            guard let extended = curl_slist_append(headers, line) else { return false }
            headers = extended
        }
        return clibcurl_set_headers(handle, headers) == CURLE_OK
    }

    /// Every option, each of which must be taken: a protection that libcurl does not know is no protection.
    private func set(_ post: HTTPPost, _ configuration: CurlClient.Configuration) -> Bool {
        let me = Unmanaged.passUnretained(self).toOpaque()
        let texts: [(CURLoption, String)] = [
            (CURLOPT_URL, post.url), (CURLOPT_PROTOCOLS_STR, post.allowsPlainHTTP ? "https,http" : "https"), (CURLOPT_PROXY, ""),
            (CURLOPT_USERAGENT, configuration.userAgent),
        ]
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_DISALLOW_USERNAME_IN_URL, 1),
            (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)), (CURLOPT_CONNECTTIMEOUT_MS, configuration.connectMilliseconds),
            (CURLOPT_TIMEOUT_MS, configuration.totalMilliseconds), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)), (CURLOPT_POST, 1),
            // A name that leads elsewhere from now on does so for us within seconds.
            (CURLOPT_DNS_CACHE_TIMEOUT, 5),
            // Without this, giving up a transfer would wait for a look-up that hangs, and all others with it.
            (CURLOPT_QUICK_EXIT, 1),
        ]
        for (option, text) in texts where clibcurl_set_text(handle, option, text) != CURLE_OK { return false }
        for (option, number) in numbers where clibcurl_set_long(handle, option, number) != CURLE_OK { return false }
        if let authorities = configuration.authorities {
            guard clibcurl_set_text(handle, CURLOPT_CAINFO, authorities) == CURLE_OK else { return false }
        }
        return clibcurl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(post.body.count)) == CURLE_OK
            && clibcurl_set_pointer(handle, CURLOPT_POSTFIELDS, message.baseAddress) == CURLE_OK
            && clibcurl_set_pointer(handle, CURLOPT_WRITEDATA, me) == CURLE_OK
            && clibcurl_set_pointer(handle, CURLOPT_HEADERDATA, me) == CURLE_OK
            && clibcurl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, me) == CURLE_OK
            && clibcurl_set_writer(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, me in
                CurlTransfer.of(me)?.read(bytes, size &* count) ?? 0
            } == CURLE_OK
            && clibcurl_set_writer(handle, CURLOPT_HEADERFUNCTION) { _, size, count, me in
                CurlTransfer.of(me)?.countHead(size &* count) ?? 0
            } == CURLE_OK
            && clibcurl_set_socket_opener(handle) { me, _, address in
                CurlTransfer.of(me)?.open(address) ?? clibcurl_no_socket
            } == CURLE_OK
    }

    // MARK: What libcurl asks, on the client's thread

    private static func of(_ pointer: UnsafeMutableRawPointer?) -> CurlTransfer? {
        pointer.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Takes what the limit leaves room for; any other count than the given one ends the transfer.
    private func read(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        let taken = min(count, bodyLimit - body.count)
        body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: taken))
        if taken < count { isCut = true }
        return taken
    }

    private func countHead(_ count: Int) -> Int {
        headBytes += count
        return headBytes <= Self.headLimit ? count : 0
    }

    /// Asked for each address, right before the connection: nothing can change between this look and the use.
    private func open(_ wanted: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let wanted, let address = Self.address(of: wanted), policy.refusal(of: address, isEncrypted: isEncrypted) == nil else {
            hasRefused = true
            return clibcurl_no_socket
        }
        hasConnected = true
        let kind = wanted.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(wanted.pointee.family, kind, wanted.pointee.protocol)
    }

    /// The address of an IPv4 or IPv6 socket; nothing else is ever connected to.
    private static func address(of wanted: UnsafeMutablePointer<curl_sockaddr>) -> IPAddress? {
        guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
        let start = UnsafeRawPointer(wanted) + offset
        let length = Int(wanted.pointee.addrlen)
        switch wanted.pointee.family {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            // Two bytes of family, two of port, then the address.
            return IPAddress(bytes: Array(UnsafeRawBufferPointer(start: start + 4, count: 4)))
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            // The family, the port and the flow label come before it.
            return IPAddress(bytes: Array(UnsafeRawBufferPointer(start: start + 8, count: 16)))
        default: return nil
        }
    }

    // MARK: The end

    /// What libcurl's verdict means. Once the heads are there the status counts, whatever became of the body.
    func outcome(_ code: CURLcode) -> Result<HTTPAnswer, HTTPFailure> {
        var status = 0
        clibcurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        if status >= 200, headBytes <= Self.headLimit {
            var wait: curl_off_t = 0
            clibcurl_get_size(handle, CURLINFO_RETRY_AFTER, &wait)
            return .success(HTTPAnswer(status: status, retryAfterSeconds: wait > 0 ? Int64(wait) : nil, body: body, isCut: isCut || code != CURLE_OK))
        }
        return .failure(failure(code))
    }

    private var wasSent: Bool {
        var bytes = 0
        clibcurl_get_long(handle, CURLINFO_REQUEST_SIZE, &bytes)
        return bytes > 0
    }

    private func failure(_ code: CURLcode) -> HTTPFailure {
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED: .malformedRequest
        // Either the URL's scheme, or an answer that has no status line (HTTP/0.9).
        case CURLE_UNSUPPORTED_PROTOCOL: wasSent ? .malformedAnswer : .malformedRequest
        case CURLE_COULDNT_RESOLVE_HOST: .unresolved
        case CURLE_COULDNT_CONNECT: hasRefused && !hasConnected ? .refusedAddress : .unreachable
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CACERT_BADFILE:
            .untrusted
        case CURLE_WEIRD_SERVER_REPLY, CURLE_WRITE_ERROR: .malformedAnswer
        default: .interrupted
        }
    }
}
