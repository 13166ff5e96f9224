import Bridge
import ICE
import Media
import Testing

@Suite("Which leg a datagram is for")
struct LegTableTests {
    private final class Room {}

    private let room = Room()
    private let one = LegID(1)
    private let two = LegID(2)
    private let home = TransportAddress(ipv4: 0xC000_0201, port: 1_000)
    private let mobile = TransportAddress(ipv4: 0xC000_0202, port: 2_000)

    @Test("A leg is found by its ufrag and by its addresses until its transport is gone")
    func found() {
        var table = LegTable<Room>()
        for change in [RoutingChange.ufrag("aaaa", one), .address(home, one), .address(mobile, one)] { table.apply(change, owner: room) }
        #expect(table.find(ufrag: "aaaa")?.leg == one)
        #expect(table.find(address: home)?.leg == one && table.find(address: mobile)?.leg == one)
        table.apply(.forgetAddress(home, one), owner: room)
        #expect(table.find(address: home) == nil && table.find(address: mobile)?.leg == one)
        table.apply(.forgetUfrag("aaaa"), owner: room)
        table.apply(.forgetAddresses(one), owner: room)
        #expect(table.find(ufrag: "aaaa") == nil && table.find(address: mobile) == nil)
        #expect(table.isEmpty)
    }

    @Test("An address that another leg has proven meanwhile is not taken from it by the end of the first")
    func taken() {
        var table = LegTable<Room>()
        table.apply(.address(home, one), owner: room)
        table.apply(.address(home, two), owner: room)
        #expect(table.find(address: home)?.leg == two)
        table.apply(.forgetAddress(home, one), owner: room)
        table.apply(.forgetAddresses(one), owner: room)
        #expect(table.find(address: home)?.leg == two)
        table.apply(.forgetAddresses(two), owner: room)
        #expect(table.isEmpty)
    }

    @Test("Both address families and every port are apart")
    func apart() {
        var table = LegTable<Room>()
        let mapped = TransportAddress(ipv6High: home.high, low: home.low, port: home.port)
        table.apply(.address(home, one), owner: room)
        table.apply(.address(mapped, two), owner: room)
        #expect(table.find(address: home)?.leg == one && table.find(address: mapped)?.leg == two)
        #expect(table.find(address: TransportAddress(ipv4: home.ipv4, port: 1_001)) == nil)
    }

    @Test("Learning the same address again and forgetting unknown ones changes nothing")
    func idle() {
        var table = LegTable<Room>()
        for _ in 0..<1_000 { table.apply(.address(home, one), owner: room) }
        table.apply(.forgetAddresses(two), owner: room)
        table.apply(.forgetUfrag("zzzz"), owner: room)
        #expect(table.find(address: home)?.leg == one)
        table.apply(.forgetAddresses(one), owner: room)
        #expect(table.isEmpty)
    }
}
