extension [Int16] {
    /// How alike two stretches are in shape: their normalised cross-correlation, −1…1; 0 if one is silent or outside.
    func similarity(at first: Int, and second: Int, count length: Int) -> Float {
        guard first >= 0, second >= 0, length >= 0, first + length <= count, second + length <= count else { return 0 }
        var product: Int64 = 0
        var firstEnergy: Int64 = 0
        var secondEnergy: Int64 = 0
        // The ranges were checked above; unchecked access lets the compiler use vector instructions.
        withUnsafeBufferPointer { samples in
            for offset in 0..<length {
                let one = Int32(samples[first &+ offset])
                let other = Int32(samples[second &+ offset])
                product &+= Int64(one &* other)
                firstEnergy &+= Int64(one &* one)
                secondEnergy &+= Int64(other &* other)
            }
        }
        let energies = Float(firstEnergy) * Float(secondEnergy)
        return energies > 0 ? Float(product) / energies.squareRoot() : 0
    }

    /// The mean square of a stretch that is clipped to what there is; 0 if it is empty.
    func meanSquare(from start: Int, count length: Int) -> Int {
        let end = Swift.min(start + length, count)
        guard start >= 0, start < end else { return 0 }
        var energy: Int64 = 0
        withUnsafeBufferPointer { samples in
            for index in start..<end {
                let sample = Int32(samples[index])
                energy &+= Int64(sample &* sample)
            }
        }
        return Int(energy) / (end - start)
    }
}
