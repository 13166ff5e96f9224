// libopus, and its variadic control functions with one integer, which is all that is set here.
#pragma once
#include <opus.h>
#include <stddef.h>

static inline int clibopus_set(OpusEncoder *encoder, int request, opus_int32 value) {
    return opus_encoder_ctl(encoder, request, value);
}

// The first byte of a packet's first frame; -1 if the packet is malformed or that frame is empty.
static inline int clibopus_first_frame_byte(const unsigned char *packet, opus_int32 length) {
    const unsigned char *frames[48];
    opus_int16 sizes[48];
    int count = opus_packet_parse(packet, length, NULL, frames, sizes, NULL);
    return count > 0 && sizes[0] > 0 ? frames[0][0] : -1;
}
