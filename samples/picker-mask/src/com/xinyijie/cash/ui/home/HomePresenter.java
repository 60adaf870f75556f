package com.xinyijie.cash.ui.home;

import com.xinyijie.cash.R;
import com.xinyijie.cash.data.Envelope;
import com.xinyijie.cash.data.Http;
import com.xinyijie.cash.data.Product;
import java.util.Locale;
import retrofit2.Call;
import retrofit2.Callback;
import retrofit2.Response;

public class HomePresenter implements HomeContract.Presenter {
  private final HomeContract.View view;

  public HomePresenter(HomeContract.View view) {
    this.view = view;
  }

  @Override
  public void load(String channel) {
    Http.loans()
        .product(channel)
        .enqueue(
            new Callback<Envelope<Product>>() {
              @Override
              public void onResponse(
                  Call<Envelope<Product>> call, Response<Envelope<Product>> response) {
                Envelope<Product> body = response.body();
                if (body != null && body.ok()) {
                  view.showQuota(String.format(Locale.CHINA, "%,d", body.data.quota / 100));
                }
              }

              @Override
              public void onFailure(Call<Envelope<Product>> call, Throwable t) {
                view.say(R.string.network_error);
              }
            });
  }
}
