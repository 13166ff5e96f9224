// libpng's simplified interface, which reports what is wrong instead of jumping (libpng manual, section V).
#pragma once
#include <png.h>
#include <string.h>

// Writes an image of 8-bit grey; answers the bytes that it has, at most `room`, or 0. With `memory` NULL it only counts.
static inline size_t clibpng_write_grey(const unsigned char *pixels, unsigned width, unsigned height, void *memory, size_t room) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_GRAY;
    png_alloc_size_t bytes = room;
    int done = png_image_write_to_memory(&image, memory, &bytes, 0, pixels, 0, NULL);
    png_image_free(&image);
    return done ? bytes : 0;
}
