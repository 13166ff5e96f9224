/// How much is kept by an object and all that can be reached from it, found by reflection.
struct Footprint {
    /// Bytes of packets and of other byte strings.
    private(set) var bytes = 0
    /// Elements of all other collections.
    private(set) var entries = 0
    private var seen: Set<ObjectIdentifier> = []

    init(of object: AnyObject) { add(object) }

    private mutating func add(_ value: Any) {
        if let string = value as? [UInt8] {
            bytes += string.count
            return
        }
        var mirror: Mirror? = Mirror(reflecting: value)
        switch mirror?.displayStyle {
        case .class: guard seen.insert(ObjectIdentifier(value as AnyObject)).inserted else { return }
        case .collection, .dictionary, .set: entries += mirror?.children.count ?? 0
        default: break
        }
        while let here = mirror {
            for child in here.children { add(child.value) }
            mirror = here.superclassMirror
        }
    }
}
