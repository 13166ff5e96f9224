// Compiled into one module with Sources/Bridge/SIP by scripts/fuzz: any bytes as a message, a URI and a header value.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSIP(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    message(bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    if let uri = AddressURI(text) { precondition(AddressURI(uri.text) == uri) }
    if let address = NameAddress(text) { precondition(NameAddress(address.text)?.text == address.text) }
    if let via = Via(text) { precondition(Via(via.text)?.text == via.text) }
    if let cseq = CSeq(text) { precondition(CSeq(cseq.text) == cseq) }
    if let address = IPAddress(text) { precondition(IPAddress(address.text) == address) }
    if let challenge = DigestChallenge(text) { precondition(DigestChallenge(challenge.text)?.text == challenge.text) }
    if let credentials = DigestCredentials(text) { precondition(DigestCredentials(credentials.text)?.text == credentials.text) }
    let headers = HeaderFields([HeaderField(.reason, text), HeaderField(.expires, text), HeaderField(.require, text)])
    _ = (headers.reasons, headers.number(.expires), headers.tokens(.require), headers.q850Cause, headers.sipCause)
    return 0
}

/// What is read and written again reads the same; what is refused is refused in whole lines.
private func message(_ bytes: [UInt8]) {
    var output: [UInt8] = []
    do {
        let message = try SIPMessage(parsing: bytes.span)
        message.serialise(into: &output)
        guard let again = try? SIPMessage(parsing: output.span) else { preconditionFailure("not read again") }
        var twice: [UInt8] = []
        again.serialise(into: &twice)
        precondition(twice == output)
    } catch {
        guard var rejection = error.rejection else { return }
        rejection.addTag("t")
        rejection.serialise(into: &output)
        precondition(!output.contains(0) && output.suffix(4).elementsEqual("\r\n\r\n".utf8))
    }
}
