package com.pesalift.credit.model;

import com.google.gson.annotations.SerializedName;

public class InstalledApp {
  @SerializedName("package")
  final String packageName;

  @SerializedName("label")
  final String label;

  @SerializedName("installed_at")
  final long installedAt;

  public InstalledApp(String packageName, String label, long installedAt) {
    this.packageName = packageName;
    this.label = label;
    this.installedAt = installedAt;
  }
}
