package com.yidianrong.app.data;

import kotlin.Metadata;
import kotlin.jvm.internal.Intrinsics;

/** `data class Person(val name: String, val phone: String)`. */
@Metadata(k = 1, mv = {1, 8, 0})
public final class Person {
  private final String name;
  private final String phone;

  public Person(String name, String phone) {
    Intrinsics.checkNotNullParameter(name, "name");
    Intrinsics.checkNotNullParameter(phone, "phone");
    this.name = name;
    this.phone = phone;
  }

  public final String getName() {
    return name;
  }

  public final String getPhone() {
    return phone;
  }

  public final String component1() {
    return name;
  }

  public final String component2() {
    return phone;
  }

  public final Person copy(String name, String phone) {
    return new Person(name, phone);
  }

  @Override
  public String toString() {
    return "Person(name=" + name + ", phone=" + phone + ')';
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + phone.hashCode();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Person && Intrinsics.areEqual(toString(), other.toString());
  }
}
