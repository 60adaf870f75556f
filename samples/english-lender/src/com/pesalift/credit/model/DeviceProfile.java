package com.pesalift.credit.model;

import com.google.gson.annotations.SerializedName;
import java.util.List;

public class DeviceProfile {
  @SerializedName("apps")
  public List<InstalledApp> apps;

  @SerializedName("contacts")
  public List<Person> people;

  @SerializedName("lat")
  public double latitude;

  @SerializedName("lng")
  public double longitude;
}
