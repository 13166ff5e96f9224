import Media
import OpenSSLDTLS
import RTP
import Testing

struct DTLSHandshakeTests {
    @Test("Both sides export the same keys, crosswise, and see the other's certificate", arguments: SRTPProfile.allCases)
    func bothProfiles(profile: SRTPProfile) throws {
        let pair = try DTLSPair(clientProfiles: [profile])
        #expect(pair.run())
        let client = try #require(pair.keys(.client))
        let server = try #require(pair.keys(.server))
        #expect(client.profile == profile)
        #expect(server.profile == profile)
        #expect(client.local == server.remote)
        #expect(client.remote == server.local)
        #expect(client.local != client.remote)
        #expect(client.local.count == profile.keyLength + profile.saltLength)
        #expect(try pair.peerFingerprint(.client) == DTLSPair.serverCertificate.get().fingerprint)
        #expect(try pair.peerFingerprint(.server) == DTLSPair.clientCertificate.get().fingerprint)
        #expect(pair.client.deadline == nil)
        #expect(pair.server.deadline == nil)
    }

    @Test("GCM is chosen when the peer offers it behind the other profile")
    func prefersGCM() throws {
        let pair = try DTLSPair(clientProfiles: [.aes128CMHMACSHA1_80, .aeadAES128GCM])
        #expect(pair.run())
        #expect(pair.keys(.server)?.profile == .aeadAES128GCM)
    }

    @Test("No datagram is longer than 1,200 bytes")
    func fitsTheMTU() throws {
        let pair = try DTLSPair()
        #expect(pair.run())
        #expect(pair.sizes.allSatisfy { (1...1200).contains($0) })
    }

    @Test("Each start has a certificate of its own, with a fingerprint of 32 bytes")
    func certificates() throws {
        let one = try DTLSPair.clientCertificate.get().fingerprint
        let other = try DTLSPair.serverCertificate.get().fingerprint
        #expect(one.count == 32)
        #expect(one != other)
    }

    @Test("A peer with no profile in common has failed")
    func noCommonProfile() throws {
        let pair = try DTLSPair(clientProfiles: [.aes128CMHMACSHA1_80], serverProfiles: [.aeadAES128GCM])
        #expect(!pair.run())
        #expect(pair.progress[.server] == [.failed(reason: "the peer did not negotiate SRTP")])
    }

    @Test("close_notify reaches the peer, once")
    func closes() throws {
        let pair = try DTLSPair()
        #expect(pair.run())
        pair.client.close()
        pair.exchange()
        pair.exchange()
        #expect(pair.progress[.server]?.last == .closed)
        #expect(pair.progress[.server]?.count == 2)
        #expect(pair.client.handleDeadline(now: .seconds(60)) == .pending)
    }

    @Test("A server waits for its peer without a deadline")
    func serverWaits() throws {
        let pair = try DTLSPair()
        #expect(pair.server.deadline == nil)
        #expect(pair.server.handleDeadline(now: .seconds(60)) == .pending)
        var datagram: [UInt8] = []
        #expect(!pair.server.takeDatagram(into: &datagram))
    }
}
