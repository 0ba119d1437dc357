#pragma once

#include <cstddef>
#include <utility>

/// \file The array that the planner computes with.

namespace instar::detail {

/// What std::vector is, as far as a computation of the compiler needs it, of values that can be made of nothing and
/// assigned. It is here for what it costs: each element type of std::vector takes g++ 12 some 5 ms in every file that
/// includes the header, ten times as much as this, and its calls count against the limits of a constant evaluation.
/// `benchmarks/compile_time` measures the header.
template <class T>
class growing_array {
 public:
  constexpr growing_array() = default;
  constexpr growing_array(std::size_t size, const T& value) { assign(size, value); }
  constexpr growing_array(const growing_array& other) { copy(other); }
  constexpr growing_array(growing_array&& other) noexcept { swap(other); }
  constexpr growing_array& operator=(const growing_array& other) {
    if (this != &other)
      copy(other);
    return *this;
  }
  constexpr growing_array& operator=(growing_array&& other) noexcept {
    swap(other);
    return *this;
  }
  constexpr ~growing_array() { delete[] items_; }

  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr T* data() { return items_; }
  constexpr const T* data() const { return items_; }
  constexpr T* begin() { return items_; }
  constexpr const T* begin() const { return items_; }
  constexpr T* end() { return items_ + size_; }
  constexpr const T* end() const { return items_ + size_; }
  constexpr T& operator[](std::size_t at) { return items_[at]; }
  constexpr const T& operator[](std::size_t at) const { return items_[at]; }
  constexpr T& back() { return items_[size_ - 1]; }
  constexpr const T& back() const { return items_[size_ - 1]; }

  constexpr void reserve(std::size_t capacity) {
    if (capacity <= capacity_)
      return;
    T* const items = new T[capacity]{};
    for (std::size_t i = 0; i < size_; ++i)
      items[i] = std::move(items_[i]);
    delete[] items_;
    items_ = items;
    capacity_ = capacity;
  }
  constexpr void push_back(T item) {
    if (size_ == capacity_)
      reserve(capacity_ * 2 + 4);
    items_[size_++] = std::move(item);
  }
  constexpr void pop_back() { --size_; }
  constexpr void clear() { size_ = 0; }
  constexpr void resize(std::size_t size, T added = {}) {
    reserve(size);
    for (; size_ < size; ++size_)
      items_[size_] = added;
    size_ = size;
  }
  constexpr void assign(std::size_t size, T value) {
    size_ = 0;
    resize(size, value);
  }

 private:
  constexpr void copy(const growing_array& other) {
    size_ = 0;
    reserve(other.size_);
    for (; size_ < other.size_; ++size_)
      items_[size_] = other.items_[size_];
  }
  constexpr void swap(growing_array& other) noexcept {
    T* const items = items_;
    const std::size_t size = size_;
    const std::size_t capacity = capacity_;
    items_ = other.items_;
    size_ = other.size_;
    capacity_ = other.capacity_;
    other.items_ = items;
    other.size_ = size;
    other.capacity_ = capacity;
  }

  T* items_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace instar::detail
