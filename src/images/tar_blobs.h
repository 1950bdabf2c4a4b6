// Blobs of an image whose tar can only be read from its start: all in one pass.
#pragma once

#include <functional>
#include <vector>

#include "images/store.h"
#include "images/tar_file.h"

namespace keywake::images {

/// As ImageStore::each(). `find`: where a blob lies; null: nowhere.
void each_in_one_pass(const TarFile& file, const std::vector<Descriptor>& blobs, const std::function<const TarFile::Member*(const Descriptor&)>& find,
                      const ImageStore::Visit& visit);

}  // namespace keywake::images
