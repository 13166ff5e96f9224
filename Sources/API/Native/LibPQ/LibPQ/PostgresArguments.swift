/// The parameters of one execution as libpq wants them: pointers to C strings, NULL for null.
struct PostgresArguments {
    private var storage: [UInt8] = []
    private var offsets: [Int?] = []

    init(_ parameters: [PostgresValue]) throws(PostgresError) {
        // The protocol counts parameters in 16 bits.
        guard parameters.count <= Int(UInt16.max) else { throw PostgresError(.fault, "too many parameters") }
        offsets.reserveCapacity(parameters.count)
        for parameter in parameters {
            offsets.append(parameter == .null ? nil : storage.count)
            try parameter.append(to: &storage)
        }
    }

    /// The pointers are valid during `body`.
    func withPointers<R>(_ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> R) -> R {
        storage.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                let pointers = offsets.map { offset in
                    offset.flatMap { offset in characters.baseAddress.map { $0 + offset } }
                }
                return pointers.withUnsafeBufferPointer(body)
            }
        }
    }
}
