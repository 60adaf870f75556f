package com.ruyibei.money.data;

public interface Source<T> {
  T read();
}
