import Domain

extension Store {
    /// Seals what is about to be written to `place`; a fault if the store was opened without keys.
    func seal(
        _ plaintext: [UInt8], for place: AtRestKeyring.Place, using generator: inout some RandomNumberGenerator
    ) throws(StoreError) -> [UInt8] {
        guard let atRest else { throw StoreError(.internalError, "the store was opened without keys") }
        do throws(AtRestKeyring.Refusal) {
            return try atRest.seal(plaintext, for: place, using: &generator)
        } catch {
            throw StoreError(.internalError, "\(place.table).\(place.column) cannot be sealed: \(error)")
        }
    }

    /// Opens what was read from `place`.
    func open(_ sealed: [UInt8], from place: AtRestKeyring.Place) throws(StoreError) -> [UInt8] {
        guard let atRest else { throw StoreError(.internalError, "the store was opened without keys") }
        do throws(AtRestKeyring.Refusal) {
            return try atRest.open(sealed, from: place)
        } catch {
            throw StoreError(.secretUnreadable, "\(place.table).\(place.column) of \(place.row) cannot be opened: \(error)")
        }
    }
}
