"""Sounds to speak with, and what can be said of sounds that were heard."""

import wave

import numpy as np


def write_tone(path, hertz, rate=48_000, seconds=10, level=0.3):
    """A sine as WAV; whole seconds of whole hertz, so that it has no seam when it is played again and again."""
    samples = level * np.sin(2 * np.pi * hertz * np.arange(rate * seconds) / rate)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32_767).astype("<i2").tobytes())
    return path


class Sound:
    """Samples between -1 and 1, without a gap."""

    def __init__(self, samples, rate):
        self.samples = np.asarray(samples, dtype=float)
        self.rate = rate

    def __len__(self):
        return len(self.samples)

    def __repr__(self):
        return f"<{len(self) / self.rate:.2f} s, rms {self.rms:.4f}, peak {self.peak:.1f} Hz, purity {self.purity:.3f}>"

    @property
    def rms(self):
        return float(np.sqrt(np.mean(self.samples**2))) if len(self) else 0.0

    @property
    def _spectrum(self):
        """Frequencies and their energies, Hann window."""
        energies = np.abs(np.fft.rfft(self.samples * np.hanning(len(self)))) ** 2
        return np.fft.rfftfreq(len(self), 1 / self.rate), energies

    @property
    def peak(self):
        """The strongest frequency above 50 Hz, by a parabola through the three highest bins."""
        frequencies, energies = self._spectrum
        energies = np.where(frequencies > 50, energies, 0)
        index = int(np.argmax(energies))
        if not 0 < index < len(energies) - 1 or energies[index] <= 0:
            return 0.0
        low, middle, high = np.log(energies[index - 1 : index + 2] + 1e-30)
        shift = 0.5 * (low - high) / (low - 2 * middle + high)
        return float((index + shift) * (frequencies[1] - frequencies[0]))

    @property
    def purity(self):
        """The share of the energy that lies within 15 Hz of the peak: 1 is a clean tone."""
        frequencies, energies = self._spectrum
        return float(energies[abs(frequencies - self.peak) < 15].sum() / max(energies.sum(), 1e-30))

    def is_tone(self, hertz):
        """Whether this is that tone and hardly anything else, at the loudness of speech."""
        return abs(self.peak - hertz) < 3 and self.purity > 0.9 and self.rms > 0.02

    @property
    def is_silent(self):
        return self.rms < 0.005

    def share(self, low, high):
        """The share of the energy between two frequencies."""
        frequencies, energies = self._spectrum
        return float(energies[(frequencies >= low) & (frequencies < high)].sum() / max(energies.sum(), 1e-30))

    def loudness(self, milliseconds=50):
        """The rms of each piece, one after the other."""
        size = int(self.rate * milliseconds / 1000)
        pieces = self.samples[: len(self) // size * size].reshape(-1, size)
        return np.sqrt((pieces**2).mean(axis=1))
