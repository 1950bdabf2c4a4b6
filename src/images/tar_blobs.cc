#include "images/tar_blobs.h"

#include <fmt/format.h>

#include "images/checked_stream.h"

namespace keywake::images {

void each_in_one_pass(const TarFile& file, const std::vector<Descriptor>& blobs, const std::function<const TarFile::Member*(const Descriptor&)>& find,
                      const ImageStore::Visit& visit) {
  std::vector<const TarFile::Member*> members;
  std::vector<const Descriptor*> blob_of;
  for (const Descriptor& blob : blobs) {
    if (const TarFile::Member* member = find(blob)) {
      members.push_back(member);
      blob_of.push_back(&blob);
    } else {
      visit(blob, fail("is not in the archive"));
    }
  }
  std::vector<bool> visited(members.size());
  const auto done = file.each(members, [&](std::size_t index, archive::Stream stream) {
    visited[index] = true;
    visit(*blob_of[index], checked(std::move(stream), *blob_of[index]));
  });
  for (std::size_t i = 0; !done && i < members.size(); ++i) {
    if (!visited[i]) visit(*blob_of[i], std::unexpected(done.error()));
  }
}

}  // namespace keywake::images
