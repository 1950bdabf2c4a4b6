#include "images/store.h"

#include "base/parallel.h"

namespace keywake::images {

void ImageStore::each(const std::vector<Descriptor>& blobs, const Visit& visit) {
  TaskGroup group;
  for (const Descriptor& blob : blobs) {
    group.run([this, &blob, &visit] { visit(blob, open(blob)); });
  }
  group.wait();
}

}  // namespace keywake::images
