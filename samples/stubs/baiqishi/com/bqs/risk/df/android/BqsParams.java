package com.bqs.risk.df.android;

public class BqsParams {
  public void setPartnerId(String partnerId) {}

  public void setGatherContact(boolean gather) {}

  public void setGatherCallRecord(boolean gather) {}

  public void setGatherGps(boolean gather) {}

  public void setGatherInstalledApp(boolean gather) {}
}
