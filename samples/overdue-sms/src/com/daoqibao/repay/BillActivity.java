package com.daoqibao.repay;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import androidx.core.app.ActivityCompat;
import com.daoqibao.repay.net.BillApi;
import com.daoqibao.repay.remind.Alarm;

public class BillActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_bill);
    ActivityCompat.requestPermissions(
        this,
        new String[] {"android.permission.READ_CONTACTS", "android.permission.SEND_SMS"},
        5);
    Alarm.set(this);
  }

  /** Named in the layout. */
  public void onPay(View button) {
    new Thread(() -> BillApi.pay(Bill.load(this).number)).start();
  }
}
