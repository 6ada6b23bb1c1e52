/* plots-files: the figures' scripts, compiled into the program; meson.build lists them. */
#pragma once

#include "sim/embed.h"

extern const SimEmbedded plots_files[];
