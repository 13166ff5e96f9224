import ICE
import SDP

/// Why a session description of a phone cannot be used; each is answered 488 (or ends an attempt), never a call that is up.
public enum TelephoneNegotiationError: Error, Equatable, Sendable {
    case malformed(SessionDescriptionError)
    /// No audio section, or only rejected ones, or one of another transport than `RTP/AVP` and `RTP/AVPF`.
    case noAudio
    /// No codec that both speak.
    case noCodec
    /// Not an IP address literal, or one of a family that we did not offer from.
    case unusableAddress
}

/// The bridge's end of one phone's offer/answer exchange (RFC 3264): makes offers, reads answers, answers offers.
///
/// One audio section with PCMU, PCMA and telephone-event. What is said is said again, word for word, until something changes:
/// many phones and trunks ask again only to see whether we are still there.
public struct TelephoneNegotiation: Sendable {
    /// The payload type under which we offer telephone-event; the far end may answer with it only (RFC 3264 section 6.1).
    private static let telephoneEvent: UInt8 = 101

    private let local: TransportAddress
    private let sessionID: UInt64
    /// In the order in which they are offered.
    private let codecs: [AudioCodec]
    private var version: UInt64
    private var said: SessionDescription?
    /// The profile: plain RTP, or the one that the peer has offered, whose feedback nobody has to use (RFC 4585).
    private var transport = "RTP/AVP"
    /// What was last agreed on.
    public private(set) var media: TelephoneMedia?

    /// - Parameters:
    ///   - local: where we take RTP; RTCP is one port higher.
    ///   - codecs: those of them with a static payload type are offered, in this order.
    ///   - sessionID: random; the `o=` line's id and first version.
    public init(local: TransportAddress, codecs: [AudioCodec], sessionID: UInt64) {
        self.local = local
        self.sessionID = sessionID >> 2
        version = sessionID >> 2
        self.codecs = codecs.filter { $0 == .pcmu || $0 == .pcma }
    }

    // MARK: Our offer

    /// The whole of what we can do: in the INVITE, or for a peer that asks us to offer.
    public mutating func offer() -> String {
        let formats = codecs.map { PayloadFormat(payloadType: $0.telephonePayloadType, codec: $0) }
        return say(formats, event: Self.telephoneEvent, direction: .sendReceive, others: [])
    }

    /// Reads the answer to our offer, in a 18x or a 2xx.
    public mutating func accept(answer: [UInt8]) throws(TelephoneNegotiationError) -> TelephoneMedia {
        let description = try Self.parse(answer)
        guard let section = description.media.first, section.isUsableAudio else { throw .noAudio }
        let media = try agree(on: section, of: description)
        self.media = media
        return media
    }

    // MARK: Their offer

    /// Answers an offer of the peer: a hold, a resume, another address, or only a sign of life.
    ///
    /// The codec that is spoken is kept if it is offered still, so that nothing is heard of the exchange.
    public mutating func answer(offer: [UInt8]) throws(TelephoneNegotiationError) -> (sdp: String, media: TelephoneMedia) {
        let description = try Self.parse(offer)
        guard let index = description.media.firstIndex(where: \.isUsableAudio) else { throw .noAudio }
        var media = try agree(on: description.media[index], of: description)
        if let current = self.media?.format.codec, let kept = media.accepted.first(where: { $0.codec == current }) { media.format = kept }
        self.media = media
        transport = description.media[index].transport
        let formats = [media.format] + media.accepted.filter { $0 != media.format }
        let direction = Direction(sends: media.direction.sends, receives: media.direction.receives)
        let text = say(formats, event: media.telephoneEvent, direction: direction, others: description.media, at: index)
        return (text, media)
    }

    // MARK: What both understand

    private static func parse(_ text: [UInt8]) throws(TelephoneNegotiationError) -> SessionDescription {
        do throws(SessionDescriptionError) {
            return try SessionDescription(parsing: text)
        } catch {
            throw .malformed(error)
        }
    }

    private func agree(on section: MediaDescription, of description: SessionDescription) throws(TelephoneNegotiationError) -> TelephoneMedia {
        var accepted: [PayloadFormat] = []
        var event: UInt8?
        for payloadType in section.payloadTypes {
            guard let map = section.rtpMap(for: payloadType) else { continue }
            if event == nil, map.encodes("telephone-event", clockRate: 8_000) { event = payloadType }
            guard let codec = codecs.first(where: { map.encodes($0.encoding, clockRate: $0.clockRate) && map.channels == 1 }),
                !accepted.contains(where: { $0.codec == codec })
            else { continue }
            accepted.append(PayloadFormat(payloadType: payloadType, codec: codec))
        }
        guard let format = accepted.first else { throw .noCodec }
        let theirs = description.direction(of: section)
        let (remote, control) = try addresses(of: section, description)
        return TelephoneMedia(
            remote: remote, remoteControl: control, format: format, accepted: accepted, telephoneEvent: event,
            direction: TelephoneMedia.Direction(sends: theirs.receives && remote != nil, receives: theirs.sends))
    }

    private func addresses(
        of section: MediaDescription, _ description: SessionDescription
    ) throws(TelephoneNegotiationError) -> (TransportAddress?, TransportAddress?) {
        guard let connection = section.connection ?? description.connection else { throw .unusableAddress }
        guard let remote = TransportAddress(host: connection.host, port: section.port), remote.isIPv4 == local.isIPv4 else {
            throw .unusableAddress
        }
        // The old way to hold (RFC 2543), still met: no address to send to.
        guard !remote.isUnspecified else { return (nil, nil) }
        guard !remote.isMulticast else { throw .unusableAddress }
        var control = remote
        control.port = section.attributes.controlPort ?? section.port &+ 1
        return (remote, control)
    }

    // MARK: Saying it

    /// Writes a description; the version grows with every change, and only then (RFC 3264 section 8).
    ///
    /// - Parameters:
    ///   - others: the sections of the offer that is answered; all but the one at `index` are rejected.
    private mutating func say(
        _ formats: [PayloadFormat], event: UInt8?, direction: Direction, others: [MediaDescription], at index: Int = 0
    ) -> String {
        var section = MediaDescription(
            kind: .audio, port: local.port, transport: transport,
            formats: formats.map { "\($0.payloadType)" } + (event.map { ["\($0)"] } ?? []))
        for format in formats {
            section.attributes.append(
                RTPMap(payloadType: format.payloadType, encoding: format.codec.encoding, clockRate: format.codec.clockRate))
        }
        if let event {
            section.attributes.append(RTPMap(payloadType: event, encoding: "telephone-event", clockRate: 8_000))
            section.attributes.append(FormatParameters(format: "\(event)", parameters: [FormatParameters.Parameter("0-15")]))
        }
        section.attributes.append("ptime", "20")
        section.attributes.append(direction)

        let address = ConnectionAddress(local.isIPv4 ? .ipv4 : .ipv6, local.hostText)
        var description = SessionDescription(
            origin: Origin(sessionID: "\(sessionID)", version: "\(version)", address: address), connection: address)
        description.media = others.map(\.rejected)
        if description.media.indices.contains(index) { description.media[index] = section } else { description.media = [section] }
        if let said, said != description {
            version &+= 1
            description.origin.version = "\(version)"
        }
        said = description
        return description.text
    }
}

extension MediaDescription {
    /// Audio that we can speak: not rejected, and plain RTP.
    fileprivate var isUsableAudio: Bool { kind == .audio && !isRejected && (transport == "RTP/AVP" || transport == "RTP/AVPF") }

    /// As an answer refuses it: the port is 0, the rest as offered (RFC 3264 section 6).
    fileprivate var rejected: MediaDescription {
        MediaDescription(kind: kind, port: 0, transport: transport, formats: formats)
    }
}

extension AttributeList {
    /// The port of `a=rtcp` (RFC 3605); its address, if there is one, is the section's in all that is met.
    fileprivate var controlPort: UInt16? {
        value(of: "rtcp").flatMap { $0.split(separator: " ").first }.flatMap { UInt16($0) }.flatMap { $0 == 0 ? nil : $0 }
    }
}

extension TransportAddress {
    fileprivate var isUnspecified: Bool { isIPv4 ? ipv4 == 0 : high == 0 && low == 0 }
    /// RTP of ours goes to one phone, never to a group.
    fileprivate var isMulticast: Bool { isIPv4 ? ipv4 >> 28 == 0xE || ipv4 == .max : high >> 56 == 0xFF }
}
